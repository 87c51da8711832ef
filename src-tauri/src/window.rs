//! The one window, made when asked for. Closing it destroys the webview, which frees its memory.

use parking_lot::Mutex;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

/// What every label begins with; the capability file names it.
const LABEL: &str = "main";
/// Logical pixels; the layout is drawn for this size.
const SIZE: (f64, f64) = (960.0, 640.0);
/// Logical pixels; below it the layout would have to drop content.
const MINIMUM_SIZE: (f64, f64) = (720.0, 480.0);

/// The window that is shown, by its label. A window that was asked to close is nobody's any more, although it can
/// still be found for a moment: whoever wants the window then gets a new one, under a label of its own.
#[derive(Debug, Default)]
pub(crate) struct Current(Mutex<Labels>);

#[derive(Debug, Default)]
struct Labels {
    shown: Option<String>,
    made: u32,
}

impl Current {
    /// The window `label` was asked to close, or is gone.
    pub(crate) fn closes(&self, label: &str) {
        self.0.lock().shown.take_if(|shown| shown == label);
    }

    /// Whether there is none.
    pub(crate) fn is_closed(&self) -> bool {
        self.0.lock().shown.is_none()
    }

    /// The label of the window to show, and whether it has to be made.
    fn to_show(&self) -> (String, bool) {
        let mut labels = self.0.lock();
        if let Some(shown) = &labels.shown {
            return (shown.clone(), false);
        }
        labels.made += 1;
        let label = format!("{LABEL}-{}", labels.made);
        labels.shown = Some(label.clone());
        (label, true)
    }
}

/// Brings the window to the front, making it first if there is none.
///
/// Returns at once: some platforms cannot create a window inside an event handler.
pub(crate) fn open(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = show(&app) {
            tracing::error!(%error, "the window could not be opened");
        }
    });
}

fn show(app: &AppHandle) -> tauri::Result<()> {
    let current = app.state::<Current>();
    let (label, is_new) = current.to_show();
    if is_new {
        return build(app, &label).map(drop).inspect_err(|_| current.closes(&label));
    }
    // Not there yet: it is just being made, and comes to the front by itself.
    let Some(window) = app.get_webview_window(&label) else { return Ok(()) };
    window.unminimize()?;
    window.show()?;
    window.set_focus()
}

fn build(app: &AppHandle, label: &str) -> tauri::Result<WebviewWindow> {
    WebviewWindowBuilder::new(app, label, WebviewUrl::App("index.html".into()))
        .title("Keywheel")
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(MINIMUM_SIZE.0, MINIMUM_SIZE.1)
        .on_navigation(is_own_page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()
}

/// The window shows the embedded pages and never anything else.
fn is_own_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_that_closes_is_not_shown_again() {
        let current = Current::default();
        assert_eq!(current.to_show(), ("main-1".to_owned(), true));
        assert_eq!(current.to_show(), ("main-1".to_owned(), false), "an open window is shown");
        current.closes("main-1");
        assert!(current.is_closed());
        assert_eq!(
            current.to_show(),
            ("main-2".to_owned(), true),
            "a new one, although the old one is still there"
        );
        current.closes("main-1");
        assert!(!current.is_closed(), "the end of the old one is not the new one's");
    }

    #[test]
    fn only_embedded_pages_may_be_shown() {
        let check = |url: &str| is_own_page(&url.parse().expect("a valid URL"));

        assert!(check("tauri://localhost/index.html"), "Linux and macOS");
        assert!(check("http://tauri.localhost/index.html"), "Windows");
        assert!(!check("https://example.org/"), "a foreign page could call the control plane");
        assert!(!check("http://localhost:8000/v1"), "the data plane is no page");
        assert!(!check("file:///etc/hostname"), "local files are no pages");
    }
}
