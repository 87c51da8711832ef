//! Starting the application while it already runs.

use std::time::Duration;

use tokio::time::Instant;

use crate::harness::application::Application;
use crate::harness::desktop::Desktop;
use crate::harness::screen::Screen;
use crate::harness::tray_host::TrayHost;

/// The second process only leaves a message; on an idle machine that takes a tenth of this.
const QUICKLY: Duration = Duration::from_secs(3);

#[tokio::test]
async fn a_second_start_shows_the_window_of_the_first() {
    let desktop = Desktop::start();
    let mut host = TrayHost::start(&desktop).await;
    let screen = Screen::connect(&desktop);
    let mut first = Application::start(&desktop, &["--hidden"]);
    host.item().await.menu().await.status("keys").await;
    assert!(screen.windows().is_empty(), "the first start was hidden");

    let started = Instant::now();
    let mut second = Application::start(&desktop, &["--unknown", "https://example.org"]);
    let exit = second.exit().await;

    assert_eq!(exit.code(), Some(0), "the second start did what was asked");
    assert!(started.elapsed() < QUICKLY, "the second start took {:?}", started.elapsed());
    screen.window().await;
    assert!(first.is_running(), "the first goes on");
}
