//! Black-box tests: the built programs, over real sockets, against simulated providers.
//!
//! **Owns** what may be said about Keywheel from outside: `tests/system` the headless program, `tests/desktop` the
//! desktop application, `sdk` the clients that real SDKs make, `ui` the window's pages in a browser.
//!
//! **Must not know** the inside: no test links a product crate. What is needed beyond HTTP is read where a person
//! would read it, in the files, the output and the database.
//!
//! **Start reading** at `tests/system/harness/keywheel.rs`. This library holds no code: each test program brings its
//! own harness.
