//! The mock game's operator at a terminal: the real program, with lines over a pipe.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{ChildStderr, ChildStdin, Stdio};

use serde_json::Value;

use super::client::http;
use crate::journal::{Running, sideline};

struct Terminal {
    _venue: Running,
    rest: String,
    keys: ChildStdin,
    answers: Lines<BufReader<ChildStderr>>,
}

impl Terminal {
    fn open() -> Self {
        let mut command = sideline();
        command.args(["venue", "--listen", "127.0.0.1:0", "--json", "--start", "Q2 0:53", "--speed", "0.001"]);
        command.env("RUST_LOG", "off").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut venue = Running(command.spawn().expect("starts"));
        let (mut told, mut lines) = (String::new(), BufReader::new(venue.0.stdout.take().expect("piped")).lines());
        let endpoints: Value = loop {
            told.push_str(&lines.next().expect("the venue tells where it is").expect("reads"));
            if let Ok(endpoints) = serde_json::from_str(&told) {
                break endpoints;
            }
        };
        let rest = endpoints["rest"].as_str().expect("an address").to_owned();
        let keys = venue.0.stdin.take().expect("piped");
        let answers = BufReader::new(venue.0.stderr.take().expect("piped")).lines();
        Self { _venue: venue, rest, keys, answers }
    }

    fn type_line(&mut self, line: &str) -> String {
        writeln!(self.keys, "{line}").expect("the venue listens");
        self.answers.next().expect("an answer").expect("reads")
    }

    /// The newest shot, as the HTTP endpoint has it.
    async fn newest(&self) -> Value {
        let shots: Vec<Value> =
            http().get(format!("{}/mock/shots", self.rest)).send().await.unwrap().json().await.unwrap();
        shots[0].clone()
    }
}

fn shot(value: &Value) -> (Option<&str>, Option<&str>, Option<bool>, Option<bool>) {
    (value["side"].as_str(), value["jersey"].as_str(), value["made"].as_bool(), value["three"].as_bool())
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_at_the_venues_terminal_do_what_its_endpoint_does() {
    let mut terminal = Terminal::open();
    let before = terminal.newest().await;
    let answer = terminal.type_line("make home 7");
    assert!(answer.contains("home 7 Kevin Durant makes a two"), "{answer}");
    assert_eq!(shot(&terminal.newest().await), (Some("home"), Some("7"), Some(true), Some(false)));
    assert!(terminal.type_line("flip").contains("misses a two"));
    assert_eq!(shot(&terminal.newest().await).2, Some(false));
    assert!(terminal.type_line("player 11").contains("home 11 Kyrie Irving misses"));
    assert_eq!(shot(&terminal.newest().await).1, Some("11"));
    assert!(terminal.type_line("undo").contains("home 7"), "the player");
    assert!(terminal.type_line("undo").contains("makes a two"), "the result");
    assert_eq!(shot(&terminal.newest().await), (Some("home"), Some("7"), Some(true), Some(false)));
    let id = terminal.newest().await["id"].clone();
    assert_eq!(terminal.type_line("delete"), format!("#{id} deleted"));
    assert_eq!(terminal.newest().await, before);
    assert!(terminal.type_line("undo").contains("home 7 Kevin Durant makes a two"), "it is there again");
    let again = terminal.newest().await;
    assert_eq!(shot(&again), (Some("home"), Some("7"), Some(true), Some(false)));
    assert!(again["id"].as_u64() > id.as_u64(), "under an id of its own");
    assert!(terminal.type_line("undo").contains("deleted"), "the basket itself");
    assert_eq!(terminal.newest().await, before);
    assert_eq!(terminal.type_line("undo"), "there is nothing to undo");

    assert!(terminal.type_line("miss away 30 three -6000 3500").contains("away 30 Stephen Curry misses a three"));
    let shown = terminal.newest().await;
    let near = |value: &Value, mm: i64| (value.as_i64().expect("a number") - mm).abs() <= 16;
    assert!(near(&shown["x_mm"], -6000) && near(&shown["y_mm"], 3500), "{shown}");
    assert!(terminal.type_line(&format!("flip #{}", shown["id"])).contains("makes a three"));

    for (wrong, said) in [
        ("make home 77", "has no number 77"),
        ("flip #999999", "there is no shot"),
        ("dunk", "`dunk` is not understood; there are: make|miss"),
        ("make home 7 1 2 3", "is not understood"),
        ("fault earthquake", "earthquake"),
    ] {
        let answer = terminal.type_line(wrong);
        assert!(answer.contains(said), "{wrong}: {answer}");
    }
    assert_eq!(terminal.type_line("fault stall"), "stall is on");
    let faults: Value =
        http().get(format!("{}/mock/faults", terminal.rest)).send().await.unwrap().json().await.unwrap();
    assert_eq!(faults.as_array().map(Vec::len), Some(1), "{faults}");
    assert_eq!(terminal.type_line("faults off"), "no faults");
}
