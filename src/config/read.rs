//! TOML to [`ShowFile`]: each section is read on its own, so that one wrong section does not hide another's problems.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::{Feed, KeyBinding, Output, Problem, Problems, Rundown, ShotTracker, ShowFile, Sportradar};
use crate::command::{Command, Key};
use crate::ids::FeedKind;
use crate::problem::nearest;

/// The built-in demo show.
pub const BUILTIN: &str = include_str!("../../show.toml");

const SECTIONS: [&str; 12] =
    ["show", "journal", "venue", "game", "teams", "colors", "ranks", "feed", "graphic", "key", "rundown", "output"];

/// Reads a show file. `file` is only named in problems; nothing is opened.
pub fn parse(file: &Path, text: &str) -> Result<ShowFile, Problems> {
    let mut reader = Reader { file, text, problems: Vec::new() };
    let root = match DeTable::parse(text) {
        Ok(root) => root.into_inner(),
        Err(error) => {
            reader.push(error.span(), error.message().trim(), None);
            return Err(Problems(reader.problems));
        }
    };
    let show = reader.sections(root);
    if let Some(show) = &show
        && reader.problems.is_empty()
    {
        reader.cross_check(show);
    }
    match show {
        Some(show) if reader.problems.is_empty() => Ok(show),
        _ => Err(Problems(reader.problems)),
    }
}

struct Reader<'a> {
    file: &'a Path,
    text: &'a str,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    fn sections(&mut self, mut root: DeTable<'a>) -> Option<ShowFile> {
        for (key, _) in root.iter() {
            if !SECTIONS.contains(&key.get_ref().as_ref()) {
                self.unknown(key.get_ref(), key.span(), &SECTIONS);
            }
        }
        let show = match root.remove("show") {
            Some(section) => self.value(section),
            None => {
                self.push(None, "there is no `[show]` section", Some("begin with `[show]` and `name = \"…\"`".into()));
                None
            }
        };
        let journal = root.remove("journal").and_then(|section| self.value(section));
        let venue = root.remove("venue").and_then(|section| self.value(section));
        let game = root.remove("game").map_or(Some(Default::default()), |section| self.value(section));
        let teams = root.remove("teams").map_or(Some(Default::default()), |section| self.value(section));
        let colors = root.remove("colors").map_or(Some(Default::default()), |section| self.value(section));
        let ranks = root.remove("ranks").map_or(Some(Default::default()), |section| self.value(section));
        let rundown = root.remove("rundown").map_or(Some(Rundown::default()), |section| self.value(section));
        let feeds = root.remove("feed").map_or(vec![], |list| self.list(list, "feed", Self::feed));
        let graphics = root.remove("graphic").map_or(vec![], |list| self.list(list, "graphic", Self::value));
        let keys = root.remove("key").map_or(vec![], |list| self.list(list, "key", Self::key));
        let outputs = root.remove("output").map_or(vec![], |list| self.list(list, "output", Self::output));
        let (show, game, teams, colors) = (show?, game?, teams?, colors?);
        let (ranks, rundown) = (ranks?, rundown?);
        Some(ShowFile { show, venue, game, teams, colors, ranks, feeds, graphics, keys, rundown, outputs, journal })
    }

    /// Reads a table. serde stops at the first problem, so the key that it is about is taken out and the rest read again.
    fn value<T: DeserializeOwned>(&mut self, mut value: Spanned<DeValue<'a>>) -> Option<T> {
        let span = value.span();
        let mut taken_out: Vec<String> = Vec::new();
        loop {
            let error = match T::deserialize(ValueDeserializer::from(value.clone())) {
                Ok(read) => return taken_out.is_empty().then_some(read),
                Err(error) => error,
            };
            let message = error.message().trim();
            let missing = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
            if missing.is_some_and(|key| taken_out.iter().any(|taken| taken == key)) {
                return None;
            }
            self.refused(message, error.span().unwrap_or(span.clone()));
            let key = error.span().and_then(|at| key_at(&value, at.start))?;
            if let DeValue::Table(table) = value.get_mut() {
                table.remove(key.as_str());
            }
            taken_out.push(key);
        }
    }

    fn list<T>(
        &mut self,
        list: Spanned<DeValue<'a>>,
        section: &str,
        mut read: impl FnMut(&mut Self, Spanned<DeValue<'a>>) -> Option<T>,
    ) -> Vec<T> {
        let span = list.span();
        match list.into_inner() {
            DeValue::Array(items) => items.into_iter().filter_map(|item| read(self, item)).collect(),
            _ => {
                let help = format!("write `[[{section}]]`, once for each");
                self.push(Some(span), format!("`{section}` is a list"), Some(help));
                Vec::new()
            }
        }
    }

    fn feed(&mut self, value: Spanned<DeValue<'a>>) -> Option<Feed> {
        let (name, value) = self.take_kind(value, &FeedKind::ALL.map(FeedKind::name))?;
        match FeedKind::ALL.into_iter().find(|kind| kind.name() == name)? {
            FeedKind::ShotTracker => self.value(value).map(Feed::ShotTracker),
            kind => self.value(value).map(|feed| Feed::Sportradar(Sportradar { kind, ..feed })),
        }
    }

    /// A key and its command. The verb is looked at first, so that a misspelt one is told with what was meant.
    fn key(&mut self, value: Spanned<DeValue<'a>>) -> Option<KeyBinding> {
        let command = value.get_ref().get("command");
        let verb = command.and_then(|command| command.get_ref().get("verb"));
        let Some(written) = verb.and_then(|verb| Some((verb.span(), verb.get_ref().as_str()?.to_owned()))) else {
            let span = command.map_or(value.span(), Spanned::span);
            let help = "write `command = { verb = \"…\" }`, such as `{ verb = \"undo\" }`".to_owned();
            self.push(Some(span), "this key has no command with a `verb`", Some(help));
            return None;
        };
        let (span, verb) = written;
        if !Command::VERBS.contains(&verb.as_str()) {
            let help = match nearest(&verb, Command::VERBS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("one of {}", Command::VERBS.map(|verb| format!("`{verb}`")).join(", ")),
            };
            self.push(Some(span), format!("there is no command `{verb}`"), Some(help));
            return None;
        }
        // serde lets a command that says nothing more have anything beside it.
        let rest = command.and_then(|command| command.get_ref().as_table()).into_iter().flatten();
        let beside = rest.map(|(key, _)| key).find(|key| key.get_ref() != "verb");
        if let Some(key) = beside.filter(|_| Command::ALONE.contains(&verb.as_str())) {
            let (key, span) = (key.get_ref().to_string(), key.span());
            self.push(Some(span), format!("unknown key `{key}`"), Some(format!("`{verb}` stands alone")));
            return None;
        }
        self.value(value)
    }

    fn output(&mut self, value: Spanned<DeValue<'a>>) -> Option<Output> {
        match self.take_kind(value, &["window", "raw", "ffmpeg"])? {
            ("window", value) => self.value(value).map(Output::Window),
            ("raw", value) => self.value(value).map(Output::Raw),
            (_, value) => self.value(value).map(Output::Ffmpeg),
        }
    }

    /// Takes the `kind` out of a table, so that the rest is read as that kind's own struct: a tagged enum of serde
    /// would lose the place of every error inside it.
    fn take_kind(
        &mut self,
        value: Spanned<DeValue<'a>>,
        kinds: &[&'static str],
    ) -> Option<(&'static str, Spanned<DeValue<'a>>)> {
        let span = value.span();
        let mut inner = value.into_inner();
        let known = kinds.iter().map(|kind| format!("`{kind}`")).collect::<Vec<_>>().join(", ");
        let DeValue::Table(table) = &mut inner else {
            self.push(Some(span), "expected a table", None);
            return None;
        };
        let Some(kind) = table.remove("kind") else {
            self.push(Some(span), "`kind` is missing", Some(format!("one of {known}")));
            return None;
        };
        let written = kind.get_ref().as_str().unwrap_or_default();
        if let Some(found) = kinds.iter().find(|kind| **kind == written) {
            return Some((found, Spanned::new(span, inner)));
        }
        let help = match nearest(written, kinds.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("one of {known}"),
        };
        self.push(Some(kind.span()), format!("there is no kind `{written}`"), Some(help));
        None
    }

    /// Adds what serde refused, with a suggestion when a key is misspelt.
    fn refused(&mut self, message: &str, span: Range<usize>) {
        if !message.starts_with("unknown field") {
            self.push(Some(span), message, None);
            return;
        }
        // serde's sentence: "unknown field `raet`, expected one of `name`, `rate`".
        let mut quoted = message.split('`').skip(1).step_by(2);
        let key = quoted.next().unwrap_or_default();
        let known: Vec<&str> = quoted.collect();
        // Of a command serde knows no place inside of it: the word is looked for.
        let within = self.text.get(span.clone()).unwrap_or_default();
        let is_there = within.starts_with(key);
        let at = within.find(key).filter(|_| !is_there).map_or(span.clone(), |at| span.start + at..span.end);
        self.unknown(key, at, &known);
    }

    fn unknown(&mut self, key: &str, span: Range<usize>, known: &[&str]) {
        let help = match nearest(key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: {}", known.join(", ")),
        };
        self.push(Some(span), format!("unknown key `{key}`"), Some(help));
    }

    fn push(&mut self, span: Option<Range<usize>>, message: impl Into<String>, help: Option<String>) {
        let problem = Problem::at(self.file, self.text, span, message);
        self.problems.push(match help {
            Some(help) => problem.help(help),
            None => problem,
        });
    }

    /// What no single section can see: names that must differ, and names that must exist.
    fn cross_check(&mut self, show: &ShowFile) {
        self.distinct("feed", show.feeds.iter().map(|feed| feed.id().as_str()));
        self.distinct("output", show.outputs.iter().map(|output| output.id().as_str()));
        self.distinct("graphic", show.graphics.iter().map(|graphic| graphic.name.as_str()));
        self.distinct_keys(show);
        self.check_feeds(show);
        self.check_ranks(show);
        self.check_rundown(show);
        if show.journal.is_some() && show.show.journal.is_none() {
            let span = self.text.find("[journal]").map(|at| at..at);
            let help = "add `journal = \"show.journal\"` under `[show]`".to_owned();
            self.push(span, "these settings are of a journal, and the show keeps none", Some(help));
        }
        if show.outputs.iter().filter(|output| matches!(output, Output::Window(_))).count() > 1 {
            self.push(None, "there are two window outputs", Some("a show has one program window".into()));
        }
    }

    fn distinct<'n>(&mut self, what: &str, names: impl Iterator<Item = &'n str>) {
        let mut counts = BTreeMap::new();
        for name in names {
            *counts.entry(name).or_insert(0) += 1;
        }
        for (name, _) in counts.into_iter().filter(|(_, count)| *count > 1) {
            let span = self.last_mention(name);
            self.push(span, format!("two {what}s are called `{name}`"), Some("give each its own name".into()));
        }
    }

    fn distinct_keys(&mut self, show: &ShowFile) {
        let graphics = show.graphics.iter().filter_map(|graphic| Some((graphic.key.clone()?, graphic.name.clone())));
        let colors = [(&show.colors.home_key, "home_key"), (&show.colors.away_key, "away_key")];
        let colors = colors.into_iter().filter_map(|(key, name)| Some((key.clone()?, name.to_owned())));
        let commands = show.keys.iter().map(|binding| (binding.key.clone(), binding.command.to_string()));
        let mut taken: BTreeMap<Key, String> = BTreeMap::new();
        for (key, what) in graphics.chain(colors).chain(commands) {
            if let Some(first) = taken.insert(key.clone(), what.clone()) {
                let span = self.last_mention(&key.to_string());
                let message = format!("key `{key}` is given to `{first}` and `{what}`");
                self.push(span, message, Some("one key, one graphic or command".into()));
            }
        }
    }

    fn check_feeds(&mut self, show: &ShowFile) {
        for feed in &show.feeds {
            let id = feed.id();
            let span = self.last_mention(id.as_str());
            match feed {
                _ if feed.at_venue() && show.venue.is_some() => {}
                _ if feed.at_venue() => {
                    let help =
                        Some("add a `[venue]` section, or the vendor's address instead of `venue = true`".into());
                    self.push(span, format!("feed `{id}` connects to the show's venue, and there is none"), help);
                }
                Feed::ShotTracker(feed) => self.check_shottracker(feed, span),
                Feed::Sportradar(feed) => self.check_sportradar(feed, span),
            }
        }
    }

    fn check_shottracker(&mut self, feed: &ShotTracker, span: Option<Range<usize>>) {
        let id = &feed.id;
        match &feed.websocket {
            None => {
                let help = "add `websocket = \"wss://…?token={token}\"`, as your account's page shows it".to_owned();
                self.push(span, format!("feed `{id}` does not say where its WebSocket is"), Some(help));
            }
            Some(address) if !address.contains("{token}") => {
                let help = "write `{token}` where the token goes".to_owned();
                let span = self.last_mention(address);
                self.push(span, "the WebSocket's address has no `{token}`", Some(help));
            }
            Some(_) => {}
        }
    }

    fn check_sportradar(&mut self, feed: &Sportradar, span: Option<Range<usize>>) {
        let id = &feed.id;
        for name in feed.filters.keys().filter(|name| !feed.known_filters().contains(&name.as_str())) {
            let help = if name == "match" {
                "write `match = \"…\"` beside the filters: it also chooses the game to show".to_owned()
            } else {
                format!("{} has: {}", feed.kind, feed.known_filters().join(", "))
            };
            self.push(span.clone(), format!("feed `{id}`: there is no filter `{name}`"), Some(help));
        }
        if feed.simulation.is_some() && feed.url.is_some() {
            let help = "keep the one that is meant".to_owned();
            self.push(span.clone(), format!("feed `{id}` has both `url` and `simulation`"), Some(help));
        }
        if let Some(address) = feed.play_by_play.as_ref().filter(|address| !address.contains("{game}")) {
            let help = "write `{game}` where the game's id goes".to_owned();
            let span = self.last_mention(address);
            self.push(span, "the play-by-play's address has no `{game}`", Some(help));
        }
    }

    fn check_ranks(&mut self, show: &ShowFile) {
        for (fact, feeds) in show.ranks.rows() {
            for feed in feeds.iter().filter(|feed| !show.feeds.iter().any(|known| known.id() == *feed)) {
                let help = match nearest(feed.as_str(), show.feeds.iter().map(|feed| feed.id().as_str())) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "add a `[[feed]]` of that id".to_owned(),
                };
                let span = self.last_mention(feed.as_str());
                self.push(span, format!("`{fact}` is ranked by `{feed}`, which is no feed of this show"), Some(help));
            }
        }
    }

    fn check_rundown(&mut self, show: &ShowFile) {
        for step in &show.rundown.steps {
            let section = self.text.find("[rundown]").map(|at| at..at);
            let Some(name) = step.graphic() else {
                let one = "needs `take`, `out` or `continue`, and only one";
                self.push(section, format!("the rundown's step at {} s {one}", step.at_s), None);
                continue;
            };
            if step.to.is_some() && step.continues.is_none() {
                let message = format!("the rundown's step at {} s has a `to`, and does not continue", step.at_s);
                self.push(section, message, Some("`to` names a step that a graphic continues to".into()));
            }
            if !show.graphics.iter().any(|graphic| graphic.name == name) {
                let help = match nearest(name, show.graphics.iter().map(|graphic| graphic.name.as_str())) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "add a `[[graphic]]` of that name".to_owned(),
                };
                let span = self.last_mention(name);
                self.push(span, format!("the rundown names `{name}`, which is no graphic of this show"), Some(help));
            }
        }
    }

    /// Where a value was written last, for problems that are found after the places are gone.
    fn last_mention(&self, value: &str) -> Option<Range<usize>> {
        let at = self.text.rfind(&format!("\"{value}\""))?;
        Some(at..at + value.len())
    }
}

/// The key of a table whose name or value stands at a byte of the text.
fn key_at(table: &Spanned<DeValue<'_>>, at: usize) -> Option<String> {
    let DeValue::Table(table) = table.get_ref() else { return None };
    let found = table.iter().find(|(key, value)| (key.span().start..value.span().end).contains(&at))?;
    Some(found.0.get_ref().to_string())
}

#[cfg(test)]
mod tests;
