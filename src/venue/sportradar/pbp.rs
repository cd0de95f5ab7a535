//! The play-by-play over REST: all events so far, for who was not connected when they were pushed.
//!
//! In: a performance. Out: the vendor's document, with the very events of the push. Pure.

use serde_json::{Value, json};

use crate::venue::performance::Performance;
use crate::venue::script::Play;
use crate::venue::sportradar::event::clock;

/// The document as of now.
pub fn play_by_play(play: &Performance) -> Value {
    let feed = play.league.latest();
    let course = feed.course();
    let now = play.timeline.now();
    let told = play.facts_told(now);
    let over = course.facts()[..told].last().is_some_and(|fact| matches!(fact.play, Play::Final));
    let status = if over { "complete" } else { "inprogress" };
    let reading = course.clock.at(now.ms);
    let events = feed.events(told, now.lap);
    let periods = (1..=reading.period).map(|period| {
        let events: Vec<_> = events.iter().filter(|(of, _)| *of == period).map(|(_, event)| event).collect();
        let until = |period: u8| course.facts()[..told].partition_point(|fact| fact.period <= period);
        let (before, after) = (course.situation(until(period - 1)).score, course.situation(until(period)).score);
        let block = events.iter().map(|event| &event["period"]).find(|block| block.is_object());
        json!({
            "id": block.map(|block| &block["id"]),
            "number": block.map(|block| &block["number"]),
            "sequence": period,
            "type": block.map(|block| &block["type"]),
            "scoring": {"home": {"points": after[0] - before[0]}, "away": {"points": after[1] - before[1]}},
            "events": events,
        })
    });
    let periods: Vec<Value> = periods.collect();
    let mut document = feed.game(told, status);
    if let Value::Object(map) = &mut document {
        map.insert("clock".to_owned(), clock(reading.game_ms.div_ceil(1_000) * 1_000).into());
        let hockey = course.script.is_hockey();
        map.insert(if hockey { "period" } else { "quarter" }.to_owned(), reading.period.into());
        map.insert("periods".to_owned(), periods.into());
        let deleted: Vec<Value> = play.deleted().into_iter().map(|id| json!({"id": id})).collect();
        map.insert("deleted_events".to_owned(), deleted.into());
    }
    document
}
