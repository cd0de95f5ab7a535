//! The vendor's words for small things: statuses, periods, clocks, names.

use crate::feed::decode::loose::Loose;
use crate::feed::decode::notes::Notes;
use crate::feed::decode::parse;
use crate::game::event::TeamFacts;
use crate::game::snapshot::{End, GameStatus, Period, PeriodKind, Player, Sport, Strength};
use crate::ids::{PlayerId, TeamId};
use crate::time::Timestamp;

use super::wire::{self, PeriodPlace};

/// Periods of regulation time: overtimes are numbered on from there.
fn regulation(sport: Sport) -> (PeriodKind, u8) {
    match sport {
        Sport::Basketball => (PeriodKind::Quarter, 4),
        Sport::Hockey => (PeriodKind::Period, 3),
    }
}

pub(super) fn instant(text: &Loose<'_>, place: &'static str, notes: &mut Notes) -> Option<Timestamp> {
    let text = text.text()?;
    let instant = Timestamp::from_rfc3339(&text);
    if instant.is_none() {
        notes.add(format!("{place}: not a time"), Some(&text));
    }
    instant
}

/// The play's place in the order of plays. What is odd about it is noted where the play itself is read.
pub(super) fn sequence(event: &wire::Event<'_>) -> Option<i64> {
    event.sequence.i64("event.sequence", &mut Notes::default())
}

/// A play's clock; the decimal form has the tenths of the last minute.
pub(super) fn event_clock(event: &wire::Event<'_>, notes: &mut Notes) -> Option<u32> {
    clock(&event.clock_decimal, &event.clock, "event.clock", notes)
}

/// The first of two clocks that is one.
pub(super) fn clock(decimal: &Loose<'_>, plain: &Loose<'_>, place: &'static str, notes: &mut Notes) -> Option<u32> {
    let mut refused = None;
    for text in [decimal, plain] {
        let Some(text) = text.text() else { continue };
        match clock_millis(&text) {
            Some(millis) => return Some(millis),
            None => refused = Some(text.into_owned()),
        }
    }
    if let Some(text) = refused {
        notes.add(format!("{place}: not a clock"), Some(&text));
    }
    None
}

/// Besides the usual forms the vendor's page has "1157" for 11:57.
pub(super) fn clock_millis(text: &str) -> Option<u32> {
    let text = text.trim();
    if matches!(text.len(), 3 | 4) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let (minutes, seconds) = text.split_at(text.len() - 2);
        return parse::clock_millis(&format!("{minutes}:{seconds}")).filter(|_| seconds < "60");
    }
    parse::clock_millis(text)
}

/// `number` may start again in overtime, `sequence` runs on; a feed that numbers overtimes on is understood too.
pub(super) fn period(
    number: &Loose<'_>,
    sequence: &Loose<'_>,
    kind: &Loose<'_>,
    sport: Sport,
    notes: &mut Notes,
) -> Option<Period> {
    let kind = kind.text()?;
    let byte =
        |number: &Loose<'_>, place, notes: &mut Notes| number.u32(place, notes).and_then(|n| u8::try_from(n).ok());
    let number = byte(number, "period.number", notes);
    let sequence = byte(sequence, "period.sequence", notes);
    let (regular, last) = regulation(sport);
    let (kind, first) = match kind.to_ascii_lowercase().as_str() {
        "quarter" => (PeriodKind::Quarter, 0),
        "period" => (PeriodKind::Period, 0),
        "reg" => (regular, 0),
        "half" => (PeriodKind::Half, 0),
        "overtime" | "ot" => (PeriodKind::Overtime, last),
        "shootout" | "so" => return Some(Period::new(PeriodKind::Shootout, 1)),
        _ => {
            notes.add("period.type: not a documented type", Some(&kind));
            return None;
        }
    };
    let number = match (number, sequence) {
        (Some(number), Some(sequence)) if number < sequence || first == 0 => number,
        (_, Some(sequence)) if sequence > first => sequence - first,
        (Some(number), _) => number,
        (None, _) => return None,
    };
    Some(Period::new(kind, number))
}

pub(super) fn event_period(period: &wire::Period<'_>, sport: Sport, notes: &mut Notes) -> Option<Period> {
    self::period(&period.number, &period.sequence, &period.kind, sport, notes)
}

/// A period given as an object, or as its number in the row of all periods.
pub(super) fn period_at(place: &PeriodPlace<'_>, sport: Sport, notes: &mut Notes) -> Option<Period> {
    let number = match place {
        PeriodPlace::Object(period) => return event_period(period, sport, notes),
        PeriodPlace::Number(number) => number.u32("game.period", notes)?,
        PeriodPlace::Absent | PeriodPlace::Other => return None,
    };
    let number = u8::try_from(number).ok().filter(|number| *number > 0)?;
    let (regular, last) = regulation(sport);
    Some(match number.checked_sub(last) {
        None | Some(0) => Period::new(regular, number),
        Some(overtime) => Period::new(PeriodKind::Overtime, overtime),
    })
}

pub(super) fn status(text: &Loose<'_>, place: &'static str, notes: &mut Notes) -> Option<GameStatus> {
    let text = text.text()?;
    Some(match text.as_ref() {
        "scheduled" | "created" | "time-tbd" | "if-necessary" => GameStatus::Scheduled,
        "inprogress" => GameStatus::InProgress,
        "halftime" => GameStatus::Halftime,
        "complete" | "closed" => GameStatus::Complete,
        "delayed" => GameStatus::Delayed,
        "postponed" => GameStatus::Postponed,
        "cancelled" | "unnecessary" => GameStatus::Cancelled,
        _ => {
            notes.add(format!("{place}: not a documented status"), Some(&text));
            return None;
        }
    })
}

pub(super) fn strength(text: &Loose<'_>, notes: &mut Notes) -> Option<Strength> {
    let text = text.text()?;
    match text.as_ref() {
        "even" => Some(Strength::Even),
        "powerplay" => Some(Strength::PowerPlay),
        "shorthanded" => Some(Strength::ShortHanded),
        _ => {
            notes.add("strength: not a documented one", Some(&text));
            None
        }
    }
}

/// The end that a team attacks: its basket in basketball; in hockey the page has the goal that it defends.
pub(super) fn attacked_end(team: &wire::Team<'_>, notes: &mut Notes) -> Option<End> {
    let end = |text: &Loose<'_>, place: &'static str, notes: &mut Notes| match text.text()?.as_ref() {
        "left" => Some(End::Left),
        "right" => Some(End::Right),
        other => {
            notes.add(format!("{place}: neither left nor right"), Some(other));
            None
        }
    };
    let basket = end(&team.basket, "attribution.team_basket", notes);
    basket.or_else(|| end(&team.goal, "attribution.team_goal", notes).map(End::other))
}

pub(super) fn team_facts(side: &wire::Side<'_>) -> TeamFacts {
    TeamFacts {
        id: side.id.text().map(TeamId::new),
        name: side.name.string(),
        market: side.market.string(),
        code: side.alias.string(),
        alias: None,
    }
}

pub(super) fn player(player: &wire::Player<'_>) -> Player {
    let name = player.name.text().unwrap_or_default();
    let (first, last) = match name.split_once(' ') {
        Some((first, last)) => (Some(first.to_owned()), last),
        None => (None, name.as_ref()),
    };
    Player {
        id: player.id.text().map(PlayerId::new),
        number: player.number.string(),
        first_name: first,
        last_name: Some(last.to_owned()).filter(|last| !last.is_empty()),
        position: player.primary_position.string().or_else(|| player.position.string()),
        ..Player::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_of_the_vendors_page_is_minutes_and_seconds() {
        let expected =
            [("1157", Some(717_000)), ("957", Some(597_000)), ("11:57", Some(717_000)), ("11:57.0", Some(717_000))];
        for (text, millis) in expected {
            assert_eq!(clock_millis(text), millis, "{text}");
        }
        assert_eq!(clock_millis("00:21.70"), Some(21_700));
        assert_eq!(clock_millis("11.00"), Some(11_000));
        assert_eq!(clock_millis("1199"), None);
        assert_eq!(clock_millis("01:40.000"), Some(100_000));
    }

    #[test]
    fn clocks_in_every_form_of_the_vendors_pages_are_read() {
        let forms =
            [("12:30.0", 750_000), ("1:2.3", 62_300), ("00:15:00", 900_000), ("1157", 717_000), ("0:04.2", 4_200)];
        for (text, millis) in forms {
            assert_eq!(clock_millis(text), Some(millis), "{text}");
        }
    }

    #[test]
    fn a_clock_that_is_none_gives_way_to_the_other() {
        let mut notes = Notes::default();
        let text = |text: &'static str| Loose::Text(text.into());
        assert_eq!(clock(&text("soon"), &text("4:07"), "clocks", &mut notes), Some(247_000));
        assert_eq!(notes.total(), 0);
        assert_eq!(clock(&text("soon"), &Loose::Absent, "clocks", &mut notes), None);
        assert_eq!(notes.take_fresh(), ["clocks: not a clock, as in \"soon\""]);
    }

    #[test]
    fn periods_are_numbered_within_their_kind_however_the_feed_counts() {
        let label = |number, sequence, kind: &'static str, sport| {
            let kind = Loose::Text(kind.into());
            period(&Loose::Int(number), &Loose::Int(sequence), &kind, sport, &mut Notes::default()).unwrap().label
        };
        assert_eq!(label(2, 6, "overtime", Sport::Basketball), "2OT");
        assert_eq!(label(6, 6, "OT", Sport::Basketball), "2OT");
        assert_eq!(label(3, 3, "REG", Sport::Basketball), "Q3");
        assert_eq!(label(2, 2, "Period", Sport::Hockey), "P2");
        assert_eq!(label(4, 4, "overtime", Sport::Hockey), "OT");
        assert_eq!(label(5, 5, "shootout", Sport::Hockey), "SO");
        let at = |number| period_at(&PeriodPlace::Number(Loose::Int(number)), Sport::Hockey, &mut Notes::default());
        assert_eq!(at(3).unwrap().label, "P3");
        assert_eq!(at(5).unwrap().label, "2OT");
        assert_eq!(at(0), None);
    }
}
