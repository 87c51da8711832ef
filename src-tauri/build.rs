//! Embeds the window's files, the permissions and, on Windows, the application manifest.

fn main() {
    tauri_build::build();
}
