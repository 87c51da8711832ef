//! The tray item, clicked over D-Bus as a panel does.

use crate::harness::application::Application;
use crate::harness::desktop::Desktop;
use crate::harness::poll::until;
use crate::harness::screen::Screen;
use crate::harness::tray_host::TrayHost;

#[tokio::test]
async fn the_tray_pauses_opens_and_quits() {
    let desktop = Desktop::start();
    let mut host = TrayHost::start(&desktop).await;
    let screen = Screen::connect(&desktop);
    let mut application = Application::start(&desktop, &["--hidden"]);

    let item = host.item().await;
    let menu = item.menu().await;
    let status = menu.status("keys").await;
    assert!(!status.enabled, "the status row is for reading: {status:?}");
    assert!(screen.windows().is_empty(), "a hidden start shows no window");
    let running_icon = picture_of(&item.icon_path().await);

    menu.click("Pause").await;
    menu.row("Resume").await;
    menu.status("Paused").await;
    until("the icon shows the pause", async || {
        picture_of(&item.icon_path().await).is_some_and(|icon| Some(icon) != running_icon)
    })
    .await;

    menu.click("Resume").await;
    menu.row("Pause").await;
    menu.status("keys").await;

    menu.click("Copy base URL").await;
    let copied = screen.clipboard().await;
    assert!(is_base_url(&copied), "“{copied}” is what a client is to be given");

    menu.click("Open Keywheel").await;
    let window = screen.window().await;
    screen.picture("opened-from-tray").await;
    screen.close(window);
    until("the window is gone", async || screen.windows().is_empty()).await;
    assert!(application.is_running(), "closing the window keeps the tray");
    menu.status("keys").await;
    menu.click("Open Keywheel").await;
    screen.window().await;

    menu.click("Quit").await;
    let exit = application.exit().await;
    assert_eq!(exit.code(), Some(0), "quitting is no failure");
}

#[tokio::test]
async fn the_end_of_the_session_ends_the_application_in_order() {
    let desktop = Desktop::start();
    let mut host = TrayHost::start(&desktop).await;
    let mut application = Application::start(&desktop, &["--hidden"]);
    host.item().await.menu().await.status("keys").await;

    application.terminate();

    let exit = application.exit().await;
    assert_eq!(exit.code(), Some(0), "a signal is a request to stop, not a crash");
}

fn is_base_url(text: &str) -> bool {
    text.starts_with("http://localhost:") && text.ends_with("/v1")
}

/// The icon's file, unless it is just being replaced.
fn picture_of(path: &str) -> Option<Vec<u8>> {
    std::fs::read(path).ok().filter(|bytes| !bytes.is_empty())
}
