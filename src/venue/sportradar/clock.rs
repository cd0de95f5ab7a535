//! The clock feeds: what the clocks show, over and over, without any memory of what was shown before.
//!
//! In: a performance and a moment. Out: the message of that moment. Pure but for the faults that are switched on. No
//! full sample of the vendor's is public: the shape follows the field table, with the period where the NHL's clock has its
//! own block.

use std::time::Duration;

use super::event::clock;
use super::ice::Rink;
use super::wire::{ClockMessage, ClockPayload, ClockPeriod, Clocks, Metadata};
use crate::venue::clock::Reading;
use crate::venue::performance::Performance;
use crate::venue::script::Play;
use crate::venue::timeline::Moment;
use crate::venue::wall::format_utc;

/// Push Clock speaks when something changes and once a second while the clock runs, unless the venue is told otherwise.
pub const CLOCK_EVERY: Duration = Duration::from_secs(1);
/// How far apart the messages of one running clock are that the vendor has published.
pub const VENDORS_CLOCK_EVERY: Duration = Duration::from_secs(9);
/// Push Game Clock speaks all the time.
pub const GAME_CLOCK_EVERY: Duration = Duration::from_millis(200);

/// The message of a moment.
pub fn message(play: &Performance, now: Moment) -> ClockMessage {
    let feed = play.league.latest();
    let course = feed.course();
    let told = play.facts_told(now);
    let last = told.checked_sub(1).map(|last| &course.facts()[last].play);
    let status = match last {
        None => "created",
        Some(Play::Final) => "complete",
        Some(_) => "inprogress",
    };
    let reading = course.clock.at(now.ms);
    let half_time = matches!(last, Some(Play::PeriodEnd)) && reading.period == 2 && !course.script.is_hockey();
    let wrong_by_ms = if play.faults.clock_jump() { 60_000 } else { 0 };
    let wall = format_utc(play.timeline.real_now()).replace('Z', "+00:00");
    let payload = if course.script.is_hockey() {
        let rink = Rink { course };
        ClockPayload {
            clocks: rink.clocks(&reading, told, wrong_by_ms, &wall),
            game: rink.game(told, status, true),
            period: None,
            event: feed.latest_event(told, now.lap),
        }
    } else {
        let overtime = reading.period > 4;
        ClockPayload {
            clocks: serde_json::to_value(clocks(&reading, wrong_by_ms, wall)).unwrap_or_default(),
            game: feed.game(told, status),
            period: Some(ClockPeriod {
                number: if overtime { reading.period - 4 } else { reading.period },
                sequence: reading.period,
                kind: if overtime { "OT" } else { "REG" },
            }),
            event: None,
        }
    };
    ClockMessage {
        payload,
        locale: "en",
        metadata: Metadata {
            league: course.script.game.league.clone(),
            game: format!("sd:match:{}", course.script.game.sportradar),
            status: if half_time { "halftime" } else { status },
            team: None,
            players: None,
            event_type: None,
            event_category: None,
            locale: "en",
            operation: "update",
            version: "v8",
        },
    }
}

fn clocks(reading: &Reading, wrong_by_ms: u32, wall: String) -> Clocks {
    // Clocks count down: what is shown is the second, or hundredth, that has begun.
    let game_ms = reading.game_ms + wrong_by_ms;
    let hundredths = game_ms.div_ceil(10);
    let game = clock(game_ms.div_ceil(1_000) * 1_000);
    let decimal = format!("00:{:02}.{:02}", hundredths / 100, hundredths % 100);
    Clocks {
        game_decimal: if hundredths < 6_000 { decimal } else { game.clone() },
        game,
        running: reading.running,
        shot: reading.shot_ms.map(|ms| format!("{:02}.{:02}", ms / 1_000, ms % 1_000 / 10)),
        wall,
    }
}
