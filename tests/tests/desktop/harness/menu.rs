//! The tray item's menu over `com.canonical.dbusmenu`, read and clicked as a panel does.

use std::collections::HashMap;

use serde_json::json;
use zbus::Connection;
use zbus::names::OwnedUniqueName;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Structure, Value};

use super::poll::{eventually, until};

const INTERFACE: &str = "com.canonical.dbusmenu";
/// The item the whole menu hangs on.
const ROOT: i32 = 0;

/// One row as the panel would draw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) id: i32,
    pub(crate) label: String,
    pub(crate) enabled: bool,
}

pub(crate) struct Menu {
    connection: Connection,
    owner: OwnedUniqueName,
    path: OwnedObjectPath,
}

type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl Menu {
    pub(crate) fn new(connection: Connection, owner: OwnedUniqueName, path: OwnedObjectPath) -> Self {
        Self { connection, owner, path }
    }

    /// The rows with a label, from top to bottom.
    pub(crate) async fn rows(&self) -> Vec<Row> {
        let arguments = (ROOT, -1_i32, Vec::<&str>::new());
        let reply = self.call("GetLayout", &arguments).await;
        let (_revision, (_root, _properties, children)): (u32, Layout) =
            reply.body().deserialize().expect("a layout has the known shape");
        children.iter().filter_map(row).collect()
    }

    /// Waits for a row that reads `label`.
    pub(crate) async fn row(&self, label: &str) -> Row {
        eventually(&format!("the menu has “{label}”"), async || {
            self.rows().await.into_iter().find(|row| row.label == label)
        })
        .await
    }

    /// Waits for the status row to contain `text`.
    pub(crate) async fn status(&self, text: &str) -> Row {
        eventually(&format!("the status says “{text}”"), async || {
            self.rows().await.into_iter().next().filter(|row| row.label.contains(text))
        })
        .await
    }

    /// Clicks the row that reads `label`, once it can be clicked.
    pub(crate) async fn click(&self, label: &str) {
        until(&format!("“{label}” can be clicked"), async || {
            self.rows().await.iter().any(|row| row.label == label && row.enabled)
        })
        .await;
        let row = self.row(label).await;
        self.call("Event", &(row.id, "clicked", Value::from(""), 0_u32)).await;
    }

    async fn call<Body>(&self, method: &str, arguments: &Body) -> zbus::Message
    where
        Body: serde::Serialize + zbus::zvariant::DynamicType,
    {
        let call =
            self.connection.call_method(Some(&self.owner), &self.path, Some(INTERFACE), method, arguments);
        call.await.unwrap_or_else(|error| panic!("the menu refused {method}: {error}"))
    }
}

/// Separators have no label and are left out.
fn row(child: &OwnedValue) -> Option<Row> {
    let structure: &Structure<'_> = child.downcast_ref().expect("a row is a structure");
    let [Value::I32(id), Value::Dict(properties), _children] = structure.fields() else {
        panic!("a row has an id, properties and children: {}", json!(child.to_string()));
    };
    let label: String = properties.get(&"label").ok()??;
    let enabled: Option<bool> = properties.get(&"enabled").expect("a flag");
    Some(Row { id: *id, label, enabled: enabled.unwrap_or(true) })
}
