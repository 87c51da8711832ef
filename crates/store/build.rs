//! Makes a new migration rebuild this crate: `sqlx::migrate!` alone does not notice it.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
