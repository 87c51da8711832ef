//! The panel's side of the tray: a StatusNotifierWatcher that takes items and reads them.

use std::collections::HashMap;

use tokio::sync::mpsc;
use zbus::message::Header;
use zbus::names::OwnedUniqueName;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};
use zbus::{Connection, interface};

use super::desktop::Desktop;
use super::menu::Menu;
use super::poll::eventually;

const WATCHER_NAME: &str = "org.kde.StatusNotifierWatcher";
const WATCHER_PATH: &str = "/StatusNotifierWatcher";
const ITEM_INTERFACE: &str = "org.kde.StatusNotifierItem";

struct Watcher {
    registrations: mpsc::UnboundedSender<Registration>,
}

struct Registration {
    owner: OwnedUniqueName,
    path: OwnedObjectPath,
}

#[expect(clippy::needless_pass_by_value, reason = "zbus hands headers over by value")]
#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    /// Applications pass their item's path here, or the bus name when the path is the usual one.
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let path = if service.starts_with('/') { service } else { "/StatusNotifierItem" };
        let registration = Registration {
            owner: header.sender().expect("a bus names the sender").to_owned().into(),
            path: OwnedObjectPath::try_from(path).expect("the item's path is well formed"),
        };
        let _ = self.registrations.send(registration);
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A panel that waits for tray items.
pub(crate) struct TrayHost {
    connection: Connection,
    registrations: mpsc::UnboundedReceiver<Registration>,
}

impl TrayHost {
    pub(crate) async fn start(desktop: &Desktop) -> Self {
        let (sender, registrations) = mpsc::unbounded_channel();
        let connection = desktop.session_bus().await;
        let watcher = Watcher { registrations: sender };
        connection.object_server().at(WATCHER_PATH, watcher).await.expect("the path is free");
        connection.request_name(WATCHER_NAME).await.expect("the bus has no other watcher");
        Self { connection, registrations }
    }

    /// Waits for an application to put its item into the tray.
    pub(crate) async fn item(&mut self) -> TrayItem {
        let registration =
            eventually("an application registers its tray item", async || self.registrations.try_recv().ok())
                .await;
        TrayItem { connection: self.connection.clone(), registration }
    }
}

/// One application's item in the tray.
pub(crate) struct TrayItem {
    connection: Connection,
    registration: Registration,
}

impl TrayItem {
    /// The file the icon is drawn in.
    pub(crate) async fn icon_path(&self) -> String {
        let name = self.properties().await.remove("IconName").expect("the item has an icon");
        String::try_from(name).expect("an icon's name is text")
    }

    /// The item's menu.
    pub(crate) async fn menu(&self) -> Menu {
        let path = self.properties().await.remove("Menu").expect("the item has a menu");
        let path = OwnedObjectPath::try_from(path).expect("a menu is named by its path");
        Menu::new(self.connection.clone(), self.registration.owner.clone(), path)
    }

    async fn properties(&self) -> HashMap<String, OwnedValue> {
        let reply = self.connection.call_method(
            Some(&self.registration.owner),
            &self.registration.path,
            Some("org.freedesktop.DBus.Properties"),
            "GetAll",
            &ITEM_INTERFACE,
        );
        let reply = reply.await.expect("the item answers");
        reply.body().deserialize().expect("properties are a dictionary")
    }
}
