//! The command line: parses, calls the library, and turns its answer into an exit status.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
