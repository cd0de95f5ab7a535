//! Commands that come as text: one a line, as JSON, from a pipe, a file or standard input.
//!
//! In: lines. Out: the commands in them, to whoever runs the show; what is no command is told and passed over. A thread of
//! its own reads; the show goes on when the text ends.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::Failure;
use super::on_air::Shared;
use crate::command::Command;

/// Fields of a graphic may be long texts; nothing that anybody types is longer than this.
const LONGEST_LINE: u64 = 1_000_000;

/// Listens from now on. `-` is standard input.
pub fn listen(path: &Path, shared: &Shared) -> Result<(), Failure> {
    let shared = shared.clone();
    let path = path.to_owned();
    let is_stdin = path.as_os_str() == "-";
    if !is_stdin && !path.exists() {
        return Err(Failure::Input(format!("there is no {} to take commands from", path.display())));
    }
    let read = move || {
        // A named pipe is opened here: that waits for whoever writes to it.
        let lines: Box<dyn BufRead> = match is_stdin {
            true => Box::new(io::stdin().lock()),
            false => match File::open(&path) {
                Ok(file) => Box::new(BufReader::new(file)),
                Err(cause) => return tracing::error!("cannot read commands from {}: {cause}", path.display()),
            },
        };
        take(lines, |command| shared.send(command));
    };
    let thread = std::thread::Builder::new().name("commands".into()).spawn(read);
    thread.map(drop).map_err(Failure::machine)
}

fn take(mut lines: impl BufRead, mut send: impl FnMut(Command)) {
    let mut line = Vec::new();
    loop {
        line.clear();
        match lines.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line) {
            Ok(0) => return,
            Ok(_) => {}
            Err(cause) => return tracing::error!("no more commands can be read: {cause}"),
        }
        if line.len() as u64 == LONGEST_LINE && line.last() != Some(&b'\n') {
            tracing::error!("no command: a line of more than {} MB", LONGEST_LINE / 1_000_000);
            match lines.skip_until(b'\n') {
                Ok(_) => continue,
                Err(cause) => return tracing::error!("no more commands can be read: {cause}"),
            }
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        match serde_json::from_str(text) {
            Ok(command) => send(command),
            Err(cause) => {
                let shown: String = text.chars().take(200).collect();
                tracing::error!("no command: {shown}: {cause}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_a_command_and_a_wrong_one_costs_itself_alone() {
        let text = "{\"verb\":\"undo\"}\n\nnonsense\n{\"verb\":\"clear\"}";
        let mut taken = Vec::new();
        take(text.as_bytes(), |command| taken.push(command));
        assert_eq!(taken, [Command::Undo, Command::Clear { layer: None }]);
    }

    #[test]
    fn a_line_without_end_is_passed_over_and_the_next_one_is_read() {
        let text = format!("{}\n{{\"verb\":\"undo\"}}\n\u{fffd}", "x".repeat(2_500_000));
        let mut taken = Vec::new();
        take(text.as_bytes(), |command| taken.push(command));
        assert_eq!(taken, [Command::Undo]);
    }
}
