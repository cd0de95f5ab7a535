//! Shots that the scorer takes back or changes: while nobody listens, and while somebody does. In the end the game is the one
//! in which they were told right at once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use sideline::app::Fold;
use sideline::feed::{self, Resume};
use sideline::ids::FeedKind;
use sideline::journal::Entry;
use sideline::status::Link;
use sideline::time::{Clock, SystemClock, Timestamp};
use sideline::venue::Venue;
use sideline::venue::fault::{Fault, Switch};
use sideline::venue::script::{Fact, Play};
use tokio::sync::mpsc;

use super::stage::{self, HEAD_START, LOOK_EVERY, PATIENCE, Way, difference};

/// A feed that runs against a venue, and what came of it so far.
struct Listening {
    way: Way,
    venue: Venue,
    began_at: Timestamp,
    clock: SystemClock,
    reports: mpsc::Receiver<feed::Report>,
    client: tokio::task::JoinHandle<Result<(), feed::OptionsError>>,
    fold: Fold,
    seq: u64,
}

impl Listening {
    async fn begin(way: Way) -> Self {
        feed::install_tls();
        let (venue, began_at) = stage::venue(way, &[], HEAD_START).await;
        let (sender, reports) = mpsc::channel(feed::QUEUE_REPORTS);
        let options = way.options(venue.endpoints());
        let client = tokio::spawn(feed::run(options, Resume::default(), sender, std::future::pending()));
        let (clock, fold) = (SystemClock::start(), Fold::new(BTreeMap::new()));
        Self { way, venue, began_at, clock, reports, client, fold, seq: 0 }
    }

    /// Listens until the state, and whether the link is up, are as wanted; whether that came about.
    async fn until(&mut self, is_so: impl Fn(&Value, bool) -> bool) -> bool {
        let until = tokio::time::Instant::now() + PATIENCE;
        while tokio::time::Instant::now() < until {
            if let Ok(report) = tokio::time::timeout(LOOK_EVERY, self.reports.recv()).await {
                self.seq += 1;
                let (at, body) = (self.clock.now(), sideline::app::entered(report.expect("the client runs")));
                self.fold.apply(&Entry { seq: self.seq, at, body });
            }
            let snapshot = stage::seen(&self.fold, self.clock.now());
            let is_up = snapshot.feeds.first().is_some_and(|feed| feed.link == Link::Up);
            if is_so(&stage::facts(self.way, &snapshot, self.began_at, &[]), is_up) {
                return true;
            }
        }
        false
    }

    /// The shots so far, newest first, by their ids in the script, with whether they were made.
    async fn shots(&self) -> Vec<(u64, bool)> {
        let url = format!("{}/mock/shots", self.venue.endpoints().rest);
        let shots: Value = reqwest::get(&url).await.unwrap().json().await.unwrap();
        let shots = shots.as_array().unwrap().iter();
        shots.map(|shot| (shot["id"].as_u64().unwrap(), shot["made"] == true)).collect()
    }

    /// Takes back the two newest shots so far; gives their ids.
    async fn take_back_two(&self) -> Vec<u64> {
        let ids: Vec<u64> = self.shots().await.into_iter().take(2).map(|(id, _)| id).collect();
        for id in &ids {
            let url = format!("{}/mock/shots/{id}", self.venue.endpoints().rest);
            assert!(reqwest::Client::new().delete(url).send().await.unwrap().status().is_success());
        }
        ids
    }

    /// Listens to the end, and compares it with the game of a script that was written right.
    async fn end(mut self, correct: impl FnOnce(&mut Vec<Fact>)) {
        let mut script = (*self.way.script()).clone();
        correct(&mut script.facts);
        let mut expected = stage::of_transcript(self.way, Arc::new(script), &[]);
        assert_ne!(expected, stage::expected(self.way, &[]), "the shots count for something");
        without_earlier_scores(&mut expected);
        let wrong = RefCell::new(None);
        let is_it = |facts: &Value, is_up: bool| {
            let mut facts = facts.clone();
            without_earlier_scores(&mut facts);
            *wrong.borrow_mut() = difference("", &facts, &expected);
            is_up && wrong.borrow().is_none()
        };
        let ended = self.until(is_it).await;
        assert!(ended, "{:?}: {:?}", self.way, wrong.borrow());
        self.client.abort();
        self.venue.stop().await;
    }
}

/// Plays between the shots and their deletion were told with the score of then, and nobody tells them again.
fn without_earlier_scores(facts: &mut Value) {
    for play in facts["plays"].as_array_mut().into_iter().flatten() {
        play["score"] = Value::Null;
    }
}

fn has_shots(facts: &Value, is_up: bool) -> bool {
    let made = |play: &Value| play["kind"].as_str().is_some_and(|kind| kind.ends_with("made"));
    is_up && facts["plays"].as_array().is_some_and(|plays| plays.iter().filter(|play| made(play)).count() >= 3)
}

#[tokio::test]
async fn shots_that_are_taken_back_while_nobody_listens_are_gone_with_the_next_connection() {
    let mut listening = Listening::begin(Way::WithDocument(FeedKind::NbaPushEvents)).await;
    assert!(listening.until(has_shots).await, "a few baskets");
    let faults = listening.venue.faults().clone();
    faults.switch_on(Switch { times: u32::MAX, ..Fault::Refuse(500).into() });
    faults.switch_on(Switch { every: 1, times: 1, ..Fault::Drop.into() });
    assert!(listening.until(|_, is_up| !is_up).await, "the connection is lost");
    let taken_back = listening.take_back_two().await;
    // The newest of them may be the latest play that was told.
    faults.switch_all_off();
    listening.end(|facts| facts.retain(|fact| !taken_back.contains(&u64::from(fact.id)))).await;
}

#[tokio::test]
async fn shots_that_are_taken_back_on_air_are_gone_from_the_state_at_once() {
    let mut listening = Listening::begin(Way::Push(FeedKind::NbaPushEvents)).await;
    assert!(listening.until(has_shots).await, "a few baskets");
    let taken_back = listening.take_back_two().await;
    listening.end(|facts| facts.retain(|fact| !taken_back.contains(&u64::from(fact.id)))).await;
}

#[tokio::test]
async fn a_basket_that_turns_out_to_be_a_miss_of_another_player_is_that_in_the_state() {
    let mut listening = Listening::begin(Way::Push(FeedKind::NbaPushEvents)).await;
    assert!(listening.until(has_shots).await, "a few baskets");
    let (id, _) = listening.shots().await.into_iter().find(|(_, made)| *made).expect("a basket");
    let url = format!("{}/mock/shots/{id}", listening.venue.endpoints().rest);
    let change = reqwest::Client::new().patch(url).body(r#"{"made":false,"jersey":"5"}"#);
    assert!(change.send().await.unwrap().status().is_success());
    let correct = |facts: &mut Vec<Fact>| {
        let fact = facts.iter_mut().find(|fact| u64::from(fact.id) == id).expect("it is there");
        let Play::Shot(shot) = &mut fact.play else { panic!("{fact:?}") };
        (shot.made, shot.assist, shot.by.index) = (false, None, 4);
    };
    listening.end(correct).await;
}
