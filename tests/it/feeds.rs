//! Message sequences through decoder, fold and view, as data.
//!
//! A case is a directory `fixtures/feeds/<case>/`; adding one needs no Rust.
//!
//! `messages.ndjson` has a line for each message: `{"at": seconds, "feed": kind, "message": {…}}`, in order of receipt.
//! Instead of `message` a line may have `"raw": "…"` (bytes that are no JSON), `"link": "up"` (with `"resumed": true` where it
//! goes on where the last connection ended) or `"alive": true`.
//!
//! `expected.json` is `{"shows": sentence, "rules": {…}, "checks": [{"at": seconds, "because": sentence, "snapshot": {…}}]}`.
//! A check sees the messages up to its time, and the snapshot at that time. It compares the fields that it names, lists
//! with all their items; a field that no snapshot has fails. `rules`, `ranks`, `story` (lengths of breaks) and `because` may be
//! left out. `merging` of a
//! check is compared with what the status says of the merge: facts by name, and what could not be matched.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use sideline::feed::decode::{Options, Verdict};
use sideline::feed::splitter::{Piece, Splitter};
use sideline::game::snapshot::Player;
use sideline::game::{self, Fact, GameState, Rules, TeamRules};
use sideline::ids::{FeedId, FeedKind};
use sideline::ingest::Ingest;
use sideline::inspect::{Counts, inspect};
use sideline::status::{Link, Supply};
use sideline::time::Timestamp;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    at: f64,
    feed: FeedKind,
    message: Option<Box<RawValue>>,
    raw: Option<String>,
    link: Option<Link>,
    #[serde(default)]
    resumed: bool,
    #[serde(default)]
    alive: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    shows: String,
    #[serde(default)]
    rules: BTreeMap<String, TeamSaid>,
    #[serde(default)]
    ranks: BTreeMap<String, Vec<FeedId>>,
    #[serde(default)]
    story: StorySaid,
    #[serde(default)]
    match_id: Option<String>,
    checks: Vec<Check>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct StorySaid {
    halftime_s: Option<u64>,
    break_s: Option<u64>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct TeamSaid {
    code: Option<String>,
    name: Option<String>,
    primary: Option<String>,
    secondary: Option<String>,
    alternate: Option<String>,
    ids: Vec<String>,
    roster: Vec<Player>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Check {
    at: f64,
    #[serde(default)]
    because: String,
    #[serde(default)]
    snapshot: Value,
    #[serde(default)]
    merging: Value,
}

fn feeds_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/feeds")
}

fn cases() -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> = fs::read_dir(feeds_dir()).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

fn lines(case: &Path) -> Vec<Line> {
    let text = fs::read_to_string(case.join("messages.ndjson")).unwrap();
    let parse = |(number, line): (usize, &str)| {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{}:{}: {error}", case.display(), number + 1))
    };
    text.lines().enumerate().filter(|(_, line)| !line.is_empty()).map(parse).collect()
}

fn instant(seconds: f64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + (seconds * 1000.0).round() as i64)
}

fn rules(expected: &Expected) -> Rules {
    let (said, ranks, story) = (&expected.rules, &expected.ranks, &expected.story);
    let team = |side: &str| {
        let color = |text: &Option<String>| text.as_ref().map(|text| text.parse().unwrap());
        said.get(side).map_or_else(TeamRules::default, |said| TeamRules {
            code: said.code.clone(),
            name: said.name.clone(),
            market: None,
            primary: color(&said.primary),
            secondary: color(&said.secondary),
            alternate: color(&said.alternate),
            ids: said.ids.iter().map(|id| id.as_str().into()).collect(),
            roster: Arc::new(said.roster.clone()),
        })
    };
    let mut rules = Rules { home: team("home"), away: team("away"), ..Rules::default() };
    rules.story.halftime = story.halftime_s.map(Duration::from_secs);
    rules.story.period_break = story.break_s.map(Duration::from_secs);
    for (fact, feeds) in ranks {
        rules.ranks.set(Fact::named(fact).unwrap(), feeds.clone());
    }
    rules
}

struct Game {
    state: GameState,
    ingest: Ingest,
}

impl Game {
    fn new(match_id: Option<String>) -> Game {
        let options = Options { match_id, ..Options::default() };
        let options = FeedKind::ALL.map(|kind| (FeedId::new(kind.name()), options.clone()));
        Game { state: GameState::default(), ingest: Ingest::new(options.into()) }
    }

    fn take(&mut self, line: &Line) {
        let (at, kind) = (instant(line.at), line.feed);
        let feed = FeedId::new(kind.name());
        if let Some(link) = line.link {
            self.state.link_noticed(&feed, kind, link, None);
            if self.state.link_takes_effect(at, &feed, kind, link, line.resumed, false) {
                self.ingest.connected(&feed);
            }
        }
        if line.alive {
            self.state.alive(at, &feed, kind);
        }
        let message = line.message.as_ref().map(|message| message.get()).or(line.raw.as_deref());
        let Some(message) = message else { return };
        self.state.noticed(at, &feed, kind);
        let understood = self.ingest.message(&mut self.state, at, &feed, kind, message.as_bytes());
        let is_taken = understood.outcome.verdict == Verdict::Taken;
        assert!(is_taken || understood.events.is_empty(), "only a message that was taken has events");
    }
}

/// Where `actual` differs from what `expected` names of it.
fn differences(path: &str, expected: &Value, actual: Option<&Value>, found: &mut Vec<String>) {
    match (expected, actual) {
        (_, None) => found.push(format!("{path}: no snapshot has this field")),
        (Value::Object(expected), Some(Value::Object(actual))) => {
            for (key, value) in expected {
                differences(&format!("{path}.{key}"), value, actual.get(key), found);
            }
        }
        (Value::Array(expected), Some(Value::Array(actual))) if expected.len() == actual.len() => {
            for (index, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                differences(&format!("{path}[{index}]"), expected, Some(actual), found);
            }
        }
        (Value::Number(expected), Some(Value::Number(actual))) => {
            let (expected, actual) = (expected.as_f64().unwrap(), actual.as_f64().unwrap());
            if (expected - actual).abs() > 0.005 {
                found.push(format!("{path}: expected {expected}, found {actual}"));
            }
        }
        (expected, Some(actual)) if expected == actual => {}
        (expected, Some(actual)) => found.push(format!("{path}: expected {expected}, found {actual}")),
    }
}

/// The supplies by their facts, with seconds instead of instants; and what could not be matched.
fn merging(state: &GameState, rules: &Rules, now: Timestamp) -> Value {
    let merging = game::merging(state, rules, now);
    let row = |supply: &Supply| {
        let since = supply.since.since(instant(0.0)).as_secs_f64();
        let row = serde_json::json!({"feed": supply.feed, "since": since, "in_place_of": supply.in_place_of});
        (supply.fact.clone(), row)
    };
    let supplies: serde_json::Map<String, Value> = merging.supplies.iter().map(row).collect();
    serde_json::json!({"supplies": supplies, "unmatched": merging.unmatched})
}

fn check(case: &Path) -> Vec<String> {
    let name = case.file_name().unwrap().to_string_lossy().into_owned();
    let text = fs::read_to_string(case.join("expected.json")).unwrap();
    let expected: Expected =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}/expected.json: {error}"));
    assert!(!expected.checks.is_empty() && !expected.shows.is_empty(), "{name} checks nothing");
    let rules = rules(&expected);
    let mut game = Game::new(expected.match_id);
    let lines = lines(case);
    let mut next = lines.iter().peekable();
    let mut found = Vec::new();
    for check in &expected.checks {
        while let Some(line) = next.next_if(|line| line.at <= check.at) {
            game.take(line);
        }
        let snapshot = serde_json::to_value(game::view(&game.state, &rules, instant(check.at))).unwrap();
        let mut here = Vec::new();
        assert!(!check.snapshot.is_null() || !check.merging.is_null(), "{name} at {} checks nothing", check.at);
        if !check.snapshot.is_null() {
            differences("snapshot", &check.snapshot, Some(&snapshot), &mut here);
        }
        if !check.merging.is_null() {
            differences("merging", &check.merging, Some(&merging(&game.state, &rules, instant(check.at))), &mut here);
        }
        let place = |difference| format!("{name} at {} ({}): {difference}", check.at, check.because);
        found.extend(here.into_iter().map(place));
    }
    if next.peek().is_some() {
        found.push(format!("{name}: messages after the last check prove nothing"));
    }
    found
}

/// The snapshots of every case at every one of its checks.
pub fn all_snapshots() -> Vec<Value> {
    let mut all = Vec::new();
    for case in cases() {
        let text = fs::read_to_string(case.join("expected.json")).unwrap();
        let expected: Expected = serde_json::from_str(&text).unwrap();
        let rules = rules(&expected);
        let mut game = Game::new(expected.match_id);
        let lines = lines(&case);
        let mut next = lines.iter().peekable();
        for check in &expected.checks {
            while let Some(line) = next.next_if(|line| line.at <= check.at) {
                game.take(line);
            }
            all.push(serde_json::to_value(game::view(&game.state, &rules, instant(check.at))).unwrap());
        }
    }
    all
}

#[test]
fn every_case_shows_what_it_expects() {
    let cases = cases();
    assert!(!cases.is_empty());
    let found: Vec<String> = cases.iter().flat_map(|case| check(case)).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn a_check_that_names_a_missing_field_or_another_value_fails() {
    let actual = serde_json::json!({"home": {"score": 3, "players": [1]}});
    for wrong in
        [r#"{"home":{"score":4}}"#, r#"{"home":{"scores":3}}"#, r#"{"home":{"players":[]}}"#, r#"{"home":null}"#]
    {
        let mut found = Vec::new();
        differences("snapshot", &serde_json::from_str(wrong).unwrap(), Some(&actual), &mut found);
        assert_eq!(found.len(), 1, "{wrong}");
    }
}

/// All messages of one feed in the fixtures, in the order of the cases.
pub fn messages(kind: FeedKind) -> Vec<String> {
    let lines = cases().into_iter().flat_map(|case| lines(&case)).filter(|line| line.feed == kind);
    lines.filter_map(|line| line.message).map(|message| message.get().to_owned()).collect()
}

/// The messages of one feed in one case, one a line.
pub fn recording(case: &str, kind: FeedKind) -> Vec<u8> {
    let lines = lines(&feeds_dir().join(case)).into_iter().filter(|line| line.feed == kind);
    lines.filter_map(|line| line.message).flat_map(|message| format!("{}\n", message.get()).into_bytes()).collect()
}

/// All messages of one vendor in the fixtures, one after the other with nothing in between.
fn stream(kind: FeedKind) -> Vec<u8> {
    let lines = cases().iter().flat_map(|case| lines(case)).filter(|line| line.feed == kind).collect::<Vec<_>>();
    lines.iter().filter_map(|line| line.message.as_ref()).flat_map(|message| message.get().bytes()).collect()
}

/// The state after the messages that lie whole within the first `length` bytes.
fn whole_messages(kind: FeedKind, bytes: &[u8]) -> Vec<u8> {
    let pieces = Splitter::default().push(bytes);
    let documents = pieces.into_iter().filter_map(|piece| match piece {
        Piece::Document(document) => Some(document.to_vec()),
        _ => None,
    });
    let documents: Vec<Vec<u8>> = documents.collect();
    assert!(kind == FeedKind::ShotTracker || !documents.is_empty() || bytes.len() < 12_000);
    documents.join(&b'\n')
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_stream_cut_anywhere_gives_the_state_of_its_whole_messages(cut in 0.0..1.0_f64, kind in prop::sample::select(&FeedKind::ALL)) {
        let stream = stream(kind);
        let cut = &stream[..(cut * stream.len() as f64) as usize];
        let of_cut = inspect(kind, cut, None).unwrap();
        let of_whole = inspect(kind, whole_messages(kind, cut).as_slice(), None).unwrap();
        prop_assert_eq!(of_cut.snapshot, of_whole.snapshot);
        prop_assert_eq!(Counts { lost_bytes: 0, ..of_cut.counts }, of_whole.counts);
    }

    /// Bytes of real messages overwritten, so that values change type, keys break and numbers grow absurd.
    #[test]
    fn damaged_messages_never_panic(
        kind in prop::sample::select(&FeedKind::ALL),
        damage in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(DAMAGE)), 1..40),
    ) {
        let mut stream = stream(kind);
        for (index, text) in damage {
            let at = index.index(stream.len());
            let end = (at + text.len()).min(stream.len());
            stream[at..end].copy_from_slice(&text.as_bytes()[..end - at]);
        }
        let report = inspect(kind, stream.as_slice(), None).unwrap();
        serde_json::to_string(&report.snapshot).unwrap();
    }

    /// Any value of a message replaced by any other kind of value: valid JSON, and nothing as documented.
    #[test]
    fn values_of_any_type_in_any_place_are_survived(
        kind in prop::sample::select(&FeedKind::ALL),
        pick in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        value in prop::sample::select(VALUES),
    ) {
        let all: Vec<Line> = cases().iter().flat_map(|case| lines(case)).filter(|line| line.feed == kind).collect();
        let messages: Vec<&RawValue> = all.iter().filter_map(|line| line.message.as_deref()).collect();
        let mut message: Value = serde_json::from_str(messages[pick.index(messages.len())].get()).unwrap();
        let mut places = Vec::new();
        pointers(&message, String::new(), &mut places);
        *message.pointer_mut(&places[place.index(places.len())]).unwrap() = serde_json::from_str(value).unwrap();
        let text = message.to_string();
        let report = inspect(kind, text.as_bytes(), None).unwrap();
        serde_json::to_string(&report.snapshot).unwrap();
    }
}

const DAMAGE: &[&str] =
    &["null", "{", "}", "[", "\"", "-1", "9999999999999999999", "é", "\\u0000", ":", "1e999", "true"];
pub const VALUES: &[&str] = &[
    "null",
    "true",
    "-1",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "1e300",
    "0.5",
    "\"\"",
    "\"x\"",
    "\"99999999999\"",
    "\"1e400\"",
    "\"NaN\"",
    "\"é:é\"",
    "[]",
    "[[]]",
    "{}",
    "[{}]",
    "{\"id\":{}}",
];

/// JSON pointers to every value of a document, the document itself last.
pub fn pointers(value: &Value, here: String, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| pointers(value, format!("{here}/{key}"), found)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| pointers(value, format!("{here}/{index}"), found));
        }
        _ => {}
    }
    found.push(here);
}
