//! Decodes a recorded stream: what the game is at its end, and what was not understood on the way.
//!
//! In: the bytes of a stream as a vendor sent it (one message a line, pretty-printed, or with nothing in between), cut off
//! anywhere. Out: a [`Report`]. Run by `sideline inspect`; the same splitter and the same ingest as on air, so that what it
//! shows is what would be shown. It knows nothing of when a message arrived: all of them count as received at one
//! instant, and the clocks are as last read.

pub mod follow;

use std::collections::BTreeMap;
use std::io::{self, Read};

use serde::Serialize;

use crate::feed::Skip;
use crate::feed::decode::{Decoder, Note, Options, Reading, Verdict};
use crate::feed::splitter::{Piece, Splitter};
use crate::game::snapshot::GameSnapshot;
use crate::game::{self, GameState, Rules};
use crate::ids::{FeedId, FeedKind};
use crate::ingest::Ingest;
use crate::time::Timestamp;

/// Bytes that are read at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// The end of a recorded stream.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub snapshot: GameSnapshot,
    pub counts: Counts,
    /// Games of the stream that were not followed, as `id (away at home)`; to choose one by its id.
    pub other_games: Vec<String>,
    /// What was odd, in alphabetical order, each kind once.
    pub notes: Vec<Oddity>,
}

impl Report {
    /// The counts, the other games and the oddities as lines for a person, each ended.
    pub fn summary(&self) -> String {
        let Counts { taken, heartbeats, other_games, unused, skipped, lost_bytes } = self.counts;
        let mut text = format!("{taken} messages of the game, {heartbeats} heartbeats");
        let rest = [
            (other_games, "of other games"),
            (unused, "of sources that are not shown"),
            (skipped, "not understood"),
            (lost_bytes, "bytes outside of whole messages"),
        ];
        for (count, what) in rest.into_iter().filter(|(count, _)| *count > 0) {
            text.push_str(&format!(", {count} {what}"));
        }
        text.push('\n');
        for game in &self.other_games {
            text.push_str(&format!("also in this stream: {game}\n"));
        }
        for Oddity { kind, note } in &self.notes {
            let example = note.example.as_ref().map_or(String::new(), |example| format!(", as in {example:?}"));
            text.push_str(&format!("{} x {kind}{example}\n", note.count));
        }
        text
    }
}

/// What became of the stream's messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Messages whose facts are in the snapshot.
    pub taken: u64,
    pub heartbeats: u64,
    pub other_games: u64,
    /// Messages of sources that no snapshot shows.
    pub unused: u64,
    /// Messages that could not be understood at all.
    pub skipped: u64,
    /// Bytes outside of any message, or of messages that were cut off or too large.
    pub lost_bytes: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Oddity {
    pub kind: String,
    #[serde(flatten)]
    pub note: Note,
}

/// Decodes a recorded stream to its end; `match_id` chooses a game where the stream carries several (else the first one).
///
/// A stream that is cut off gives the state of the messages that were whole.
pub fn inspect(kind: FeedKind, mut reader: impl Read, match_id: Option<&str>) -> io::Result<Report> {
    let mut run = Run::new(kind, match_id);
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match reader.read(&mut chunk) {
            Ok(0) => break,
            Ok(length) => run.bytes(&chunk[..length]),
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
        }
    }
    Ok(run.report())
}

/// A stream on its way to its [`Report`]: as bytes, or for whoever has its messages already as those.
#[derive(Clone)]
pub struct Run {
    kind: FeedKind,
    feed: FeedId,
    ingest: Ingest,
    state: GameState,
    counts: Counts,
    splitter: Splitter,
}

impl Run {
    /// When everything is taken to have arrived.
    const AT: Timestamp = Timestamp::from_millis(0);

    pub fn new(kind: FeedKind, match_id: Option<&str>) -> Self {
        let options = Options { match_id: match_id.map(str::to_owned), ..Options::default() };
        let feed = FeedId::new(kind.name());
        Self {
            kind,
            ingest: Ingest::new(BTreeMap::from([(feed.clone(), options)])),
            feed,
            state: GameState::default(),
            counts: Counts::default(),
            splitter: Splitter::default(),
        }
    }

    /// From here on what the vendor's pages leave open is read like this.
    pub fn read_as(&mut self, reading: Reading) {
        self.ingest.read_as([(self.feed.clone(), reading)]);
    }

    /// Takes the next bytes of the stream, cut wherever.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.splitter.push(bytes).into_iter().for_each(|piece| self.take(piece));
    }

    fn take(&mut self, piece: Piece) {
        match piece {
            Piece::Document(document) => self.document(&document),
            Piece::Garbage { bytes } => self.pass_over(bytes, Skip::Garbage),
            Piece::Oversized { bytes } => self.pass_over(bytes, Skip::Oversized),
            Piece::CutOff { bytes } => self.pass_over(bytes, Skip::CutOff),
        }
    }

    /// Takes one message.
    pub fn document(&mut self, document: &[u8]) {
        self.state.noticed(Self::AT, &self.feed, self.kind);
        let understood = self.ingest.message(&mut self.state, Self::AT, &self.feed, self.kind, document);
        let count = match understood.outcome.verdict {
            Verdict::Taken => &mut self.counts.taken,
            Verdict::Heartbeat => &mut self.counts.heartbeats,
            Verdict::OtherGame => &mut self.counts.other_games,
            Verdict::Unused => &mut self.counts.unused,
            Verdict::Skipped => &mut self.counts.skipped,
        };
        *count += 1;
    }

    /// Counts bytes that could not be a message.
    pub fn pass_over(&mut self, bytes: u64, why: Skip) {
        self.counts.lost_bytes += bytes;
        self.ingest.note_passed_over(&self.feed, self.kind, bytes, why);
    }

    /// The end, after the bytes and messages so far.
    pub fn report(mut self) -> Report {
        if let Some(rest) = self.splitter.finish() {
            self.take(rest);
        }
        let decoder = self.ingest.decoder(&self.feed);
        let oddity = |(kind, note): (&str, &Note)| Oddity { kind: kind.to_owned(), note: note.clone() };
        Report {
            snapshot: game::view(&self.state, &Rules::default(), Self::AT),
            counts: self.counts,
            other_games: decoder.into_iter().flat_map(Decoder::other_games).map(str::to_owned).collect(),
            notes: decoder.into_iter().flat_map(|decoder| decoder.notes().iter()).map(oddity).collect(),
        }
    }
}
