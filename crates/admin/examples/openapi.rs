//! Prints the description of the control plane, for generating the UI's types.

use std::io::{self, Write};

fn main() -> io::Result<()> {
    let description = keywheel_admin::openapi().to_pretty_json().map_err(io::Error::other)?;
    writeln!(io::stdout(), "{description}")
}
