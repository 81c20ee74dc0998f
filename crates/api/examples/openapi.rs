//! Prints the OpenAPI document; `cargo xtask schemas` commits it.

use std::io::Write;

fn main() -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut stdout, &groma_api::openapi())?;
    writeln!(stdout)
}
