//! The window with its real webview.

use crate::harness::desktop::Desktop;
use crate::harness::screen::Screen;
use crate::harness::tray_host::TrayHost;
use crate::harness::webdriver::Session;

#[tokio::test]
async fn the_window_shows_the_live_rotation() {
    let desktop = Desktop::start();
    let mut host = TrayHost::start(&desktop).await;
    let screen = Screen::connect(&desktop);
    let session = Session::start(&desktop).await;

    let base_url = session.read("the window shows the base URL", base_url_in).await;
    let models = reqwest::get(format!("{base_url}/models")).await;
    assert!(
        models.is_ok_and(|answer| answer.status().is_success()),
        "{base_url} is shown, so it has to answer"
    );
    let mentions_simulated = |text: &str| text.to_lowercase().contains("simulated").then_some(());
    session.read("the simulated keys are shown", mentions_simulated).await;
    session.painted().await;
    screen.picture("window").await;

    let alerts = session
        .evaluate("return [...document.querySelectorAll('[role=alert]')].map(alert => alert.innerText)")
        .await;
    assert_eq!(alerts, serde_json::json!([]), "nothing is wrong, so nothing says so");

    host.item().await.menu().await.click("Pause").await;
    let says_paused = |text: &str| text.contains("Paused").then_some(());
    session.read("the window follows the tray", says_paused).await;
    session.painted().await;
    screen.picture("window-paused").await;
}

#[tokio::test]
async fn the_window_reaches_nothing_but_the_control_plane() {
    let desktop = Desktop::start();
    let session = Session::start(&desktop).await;
    let outcome = async |attempt: &str| {
        let script = format!("return ({attempt}).then(() => 'allowed', String)");
        session.evaluate(&script).await.as_str().unwrap_or_default().to_owned()
    };
    let invoke = "window.__TAURI_INTERNALS__.invoke";

    let state = outcome(&format!("{invoke}('api', {{ method: 'GET', path: '/api/state' }})")).await;
    assert_eq!(state, "allowed", "the control plane is what the window is for");
    for command in ["plugin:clipboard-manager|read_text", "plugin:window|close", "plugin:app|name"] {
        let refused = outcome(&format!("{invoke}('{command}')")).await;
        assert!(refused.contains("not allowed"), "{command}: {refused}");
    }
    for address in ["https://example.org/", "http://127.0.0.1:8000/v1/models"] {
        assert_ne!(outcome(&format!("fetch('{address}')")).await, "allowed", "{address}");
    }
    let frozen = session.evaluate("return Object.isFrozen(Object.prototype)").await;
    assert_eq!(frozen, serde_json::json!(true), "no script changes what all others rely on");
}

/// The first address of the local endpoint in `text`.
fn base_url_in(text: &str) -> Option<String> {
    let mut words = text.split_whitespace();
    let url = words.find(|word| word.starts_with("http://localhost:") && word.ends_with("/v1"))?;
    Some(url.to_owned())
}
