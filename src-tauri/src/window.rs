//! The one window, made when asked for. Closing it destroys the webview, which frees its memory.

use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

/// Named in the capability file.
const LABEL: &str = "main";
/// Logical pixels; the layout is drawn for this size.
const SIZE: (f64, f64) = (960.0, 640.0);
/// Logical pixels; below it the layout would have to drop content.
const MINIMUM_SIZE: (f64, f64) = (720.0, 480.0);

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
    let window = match app.get_webview_window(LABEL) {
        Some(window) => window,
        None => build(app)?,
    };
    window.unminimize()?;
    window.show()?;
    window.set_focus()
}

fn build(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
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
    fn only_embedded_pages_may_be_shown() {
        let check = |url: &str| is_own_page(&url.parse().expect("a valid URL"));

        assert!(check("tauri://localhost/index.html"), "Linux and macOS");
        assert!(check("http://tauri.localhost/index.html"), "Windows");
        assert!(!check("https://example.org/"), "a foreign page could call the control plane");
        assert!(!check("http://localhost:8000/v1"), "the data plane is no page");
        assert!(!check("file:///etc/hostname"), "local files are no pages");
    }
}
