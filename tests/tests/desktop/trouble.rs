//! A start that cannot work: the application stays, and says why.

use serde_json::json;

use crate::harness::desktop::Desktop;
use crate::harness::poll::eventually;
use crate::harness::tray_host::TrayHost;
use crate::harness::webdriver::Session;

#[tokio::test]
async fn a_broken_configuration_is_told_in_the_tray_and_in_the_window() {
    let desktop = Desktop::with_configuration("[server\nport = maybe\n");
    let mut host = TrayHost::start(&desktop).await;
    let session = Session::start(&desktop).await;

    let menu = host.item().await.menu().await;
    let status = menu.status("config.toml").await;
    assert!(!status.label.contains('\n'), "a menu row is one line: {status:?}");
    for label in ["Pause", "Copy base URL"] {
        assert!(!menu.row(label).await.enabled, "{label} needs a host");
    }

    let alert = "return document.querySelector('[role=alert]')?.innerText ?? null";
    let told = eventually("the window says what is wrong", async || {
        Some(session.evaluate(alert).await).filter(|told| *told != json!(null))
    })
    .await;
    let told = told.as_str().unwrap_or_default();
    assert!(told.contains("config.toml"), "the file to mend is named: {told}");
}
