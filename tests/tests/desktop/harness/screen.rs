//! What an X client sees of the application: its windows, and their close button.

use std::path::PathBuf;

use x11rb::CURRENT_TIME;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ClientMessageEvent, ConnectionExt, CreateWindowAux, EventMask, ImageFormat, MapState,
    Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;

use super::desktop::Desktop;
use super::poll::{eventually, until};

const TITLE: &[u8] = b"Keywheel";

pub(crate) struct Screen {
    connection: RustConnection,
    root: Window,
    display: String,
}

impl Screen {
    pub(crate) fn connect(desktop: &Desktop) -> Self {
        let (connection, number) = x11rb::connect(Some(desktop.display())).expect("the display accepts us");
        let root = connection.setup().roots[number].root;
        Self { connection, root, display: desktop.display().to_owned() }
    }

    /// The application's windows that can be seen.
    pub(crate) fn windows(&self) -> Vec<Window> {
        let tree = self.connection.query_tree(self.root).expect("connected").reply();
        let windows = tree.expect("the root window has a tree").children;
        windows.into_iter().filter(|window| self.is_shown(*window)).collect()
    }

    /// Waits for the application's window to be on the screen.
    pub(crate) async fn window(&self) -> Window {
        eventually("a window is shown", async || self.windows().first().copied()).await
    }

    /// Presses the window's close button.
    pub(crate) fn close(&self, window: Window) {
        let protocols = self.atom("WM_PROTOCOLS");
        let data = [self.atom("WM_DELETE_WINDOW"), 0, 0, 0, 0];
        let message = ClientMessageEvent::new(32, window, protocols, data);
        let sent = self.connection.send_event(false, window, EventMask::NO_EVENT, message);
        sent.expect("connected").check().expect("the window takes messages");
    }

    /// Saves what is on the screen where `KEYWHEEL_SCREENSHOTS` says, if it is set.
    pub(crate) async fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("KEYWHEEL_SCREENSHOTS").map(PathBuf::from) else {
            return;
        };
        let window = self.window().await;
        until("the window is drawn", async || self.is_drawn(window)).await;
        let file = folder.join(format!("{name}.png"));
        let status = std::process::Command::new("import")
            .args(["-display", &self.display, "-window", "root"])
            .arg(&file)
            .status();
        assert!(status.is_ok_and(|status| status.success()), "no picture at {}", file.display());
    }

    /// Waits for text in the clipboard.
    pub(crate) async fn clipboard(&self) -> String {
        let asking = self.connection.generate_id().expect("ids are plenty");
        let empty = CreateWindowAux::new();
        self.connection
            .create_window(0, asking, self.root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &empty)
            .expect("connected");
        let [clipboard, utf8, answer] =
            ["CLIPBOARD", "UTF8_STRING", "KEYWHEEL_TEST"].map(|name| self.atom(name));
        eventually("the clipboard has text", async || {
            self.connection
                .convert_selection(asking, clipboard, utf8, answer, CURRENT_TIME)
                .expect("connected");
            let request = self.connection.get_property(true, asking, answer, utf8, 0, 1024);
            let text = request.expect("connected").reply().expect("our window has properties");
            String::from_utf8(text.value).ok().filter(|text| !text.is_empty())
        })
        .await
    }

    /// An empty window has one colour.
    fn is_drawn(&self, window: Window) -> bool {
        let size = self.connection.get_geometry(window).expect("connected").reply();
        let size = size.expect("a window has a size");
        let image = self
            .connection
            .get_image(ImageFormat::Z_PIXMAP, window, 0, 0, size.width, size.height, u32::MAX)
            .expect("connected")
            .reply();
        image.is_ok_and(|image| {
            let mut pixels = image.data.chunks_exact(4);
            let first = pixels.next();
            pixels.any(|pixel| Some(pixel) != first)
        })
    }

    /// A window may be gone between being listed and being asked; then it is not shown.
    fn is_shown(&self, window: Window) -> bool {
        let title = self
            .connection
            .get_property(false, window, AtomEnum::WM_NAME, AtomEnum::STRING, 0, 64)
            .ok()
            .and_then(|request| request.reply().ok());
        let attributes =
            self.connection.get_window_attributes(window).ok().and_then(|request| request.reply().ok());
        title.is_some_and(|title| title.value == TITLE)
            && attributes.is_some_and(|known| known.map_state == MapState::VIEWABLE)
    }

    fn atom(&self, name: &str) -> Atom {
        let request = self.connection.intern_atom(false, name.as_bytes()).expect("connected");
        request.reply().expect("atoms are always made").atom
    }
}
