//! Text to [`Script`]: words into values here, the rules that span lines in [`Court`].

use std::collections::BTreeMap;

use super::ice::{Ice, IcePlay, Outcome};
use super::{Actor, End, Fact, Game, Play, Player, Script, ScriptError, Shot, Team, Who, period_length_ms, side_index};
use crate::ids::Side;
use crate::venue::wall;

pub(super) fn script(text: &str) -> Result<Script, ScriptError> {
    let mut game = None;
    let mut teams: [Option<Team>; 2] = [None, None];
    let mut facts = Vec::new();
    let mut court = Court::default();
    for (index, raw) in text.lines().enumerate() {
        let line = index + 1;
        let raw = raw.trim();
        if raw.is_empty() || raw.starts_with('#') {
            continue;
        }
        let mut words = Words::split(line, raw);
        match words.next_bare().as_str() {
            "game" => {
                let line = game_line(&mut words)?;
                court.hockey = line.league == "NHL";
                game = Some(line);
            }
            "team" => {
                let side = words.side()?;
                teams[side_index(side)] = Some(team_line(&mut words)?);
            }
            "player" => player_line(&mut words, &mut teams)?,
            word if word.starts_with(|c: char| c.is_ascii_digit()) => {
                let mut fact = fact_line(word, &mut words, &teams)?;
                fact.id = facts.len() as u32 + 1;
                court.admit(line, &fact, words.score()?, &teams)?;
                facts.push(fact);
            }
            word => return Err(ScriptError::UnknownStatement { line, word: word.to_owned() }),
        }
        words.finish()?;
    }
    let game = game.ok_or(ScriptError::Incomplete { what: "game line" })?;
    let [Some(home), Some(away)] = teams else { return Err(ScriptError::Incomplete { what: "team line of a side" }) };
    if facts.is_empty() {
        return Err(ScriptError::Incomplete { what: "facts" });
    }
    Ok(Script { game, teams: [home, away], facts })
}

/// `Q1`…`Q4` or `P1`…`P3`, `OT`, `OT2`… to 1…; `None` for anything else.
pub(super) fn period(text: &str) -> Option<u8> {
    match text {
        "OT" => Some(5),
        _ if text.starts_with("OT") => text[2..].parse::<u8>().ok().filter(|n| (2..=9).contains(n)).map(|n| n + 4),
        _ if text.starts_with('P') => text[1..].parse::<u8>().ok().filter(|n| (1..=3).contains(n)),
        _ => text.strip_prefix('Q')?.parse::<u8>().ok().filter(|n| (1..=4).contains(n)),
    }
}

/// `M:SS` or `M:SS.t` to milliseconds.
pub(super) fn clock(text: &str) -> Option<u32> {
    let (minutes, seconds) = text.split_once(':')?;
    let (seconds, tenths) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let [minutes, seconds, tenths]: [u32; 3] =
        [minutes.parse().ok()?, seconds.parse().ok()?, tenths.parse().ok().filter(|t| *t < 10)?];
    (seconds < 60 && minutes < 100).then_some((minutes * 60 + seconds) * 1000 + tenths * 100)
}

/// Seconds with at most three decimals to milliseconds, exactly.
fn seconds(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    if part.is_empty() || part.len() > 3 {
        return None;
    }
    let scale = 10u64.pow(3 - part.len() as u32);
    whole.parse::<u64>().ok()?.checked_mul(1000)?.checked_add(part.parse::<u64>().ok()? * scale)
}

/// The words of one line: bare ones in order, then `key=value` by key. What is taken is gone; [`Words::finish`] refuses
/// the rest.
struct Words {
    line: usize,
    bare: std::collections::VecDeque<String>,
    keyed: BTreeMap<String, String>,
}

impl Words {
    fn split(line: usize, raw: &str) -> Words {
        let mut words = Words { line, bare: Default::default(), keyed: BTreeMap::new() };
        for word in raw.split_whitespace() {
            match word.split_once('=') {
                Some((key, value)) if !words.keyed.contains_key(key) => {
                    words.keyed.insert(key.to_owned(), value.to_owned());
                }
                // A key that is there already stays a bare word, which nothing reads: `finish` refuses it.
                _ => words.bare.push_back(word.to_owned()),
            }
        }
        words
    }

    fn next_bare(&mut self) -> String {
        self.bare.pop_front().unwrap_or_default()
    }

    fn maybe(&mut self, key: &str) -> Option<String> {
        self.keyed.remove(key).map(|value| value.replace('_', " "))
    }

    fn text(&mut self, key: &'static str, example: &'static str) -> Result<String, ScriptError> {
        self.maybe(key).ok_or(ScriptError::Missing { line: self.line, key, example })
    }

    fn bad(&self, key: &'static str, found: &str, example: &'static str) -> ScriptError {
        ScriptError::BadValue { line: self.line, key, found: found.to_owned(), example }
    }

    /// A value that `read` understands.
    fn value<T>(
        &mut self,
        key: &'static str,
        example: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, ScriptError> {
        let found = self.text(key, example)?;
        read(&found).ok_or_else(|| self.bad(key, &found, example))
    }

    /// `yes` or `no`; `no` when the key is absent.
    fn flag(&mut self, key: &'static str) -> Result<bool, ScriptError> {
        match self.maybe(key).as_deref() {
            None | Some("no") => Ok(false),
            Some("yes") => Ok(true),
            Some(other) => Err(self.bad(key, other, "yes")),
        }
    }

    fn side(&mut self) -> Result<Side, ScriptError> {
        let word = self.next_bare();
        side(&word).ok_or_else(|| self.bad("side", &word, "home"))
    }

    fn actor(&mut self, teams: &[Option<Team>; 2]) -> Result<Actor, ScriptError> {
        let word = self.next_bare();
        if let Some(side) = side(&word) {
            return Ok(Actor { side, player: None });
        }
        who(self.line, &word, teams).map(Actor::from)
    }

    fn who(&mut self, teams: &[Option<Team>; 2]) -> Result<Who, ScriptError> {
        let word = self.next_bare();
        who(self.line, &word, teams)
    }

    fn who_at(&mut self, key: &'static str, teams: &[Option<Team>; 2]) -> Result<Option<Who>, ScriptError> {
        let line = self.line;
        self.keyed.remove(key).map(|word| who(line, &word, teams)).transpose()
    }

    fn score(&mut self) -> Result<Option<[u32; 2]>, ScriptError> {
        let Some(found) = self.maybe("score") else { return Ok(None) };
        let read = || {
            let (home, away) = found.split_once('-')?;
            Some([home.parse().ok()?, away.parse().ok()?])
        };
        read().map(Some).ok_or_else(|| self.bad("score", &found, "2-0"))
    }

    fn finish(mut self) -> Result<(), ScriptError> {
        let left = self.bare.pop_front().or_else(|| self.keyed.pop_first().map(|(key, _)| key));
        left.map_or(Ok(()), |key| Err(ScriptError::UnknownKey { line: self.line, key }))
    }
}

fn side(word: &str) -> Option<Side> {
    match word {
        "home" => Some(Side::Home),
        "away" => Some(Side::Away),
        _ => None,
    }
}

fn who(line: usize, word: &str, teams: &[Option<Team>; 2]) -> Result<Who, ScriptError> {
    let example = "home:30";
    let (team, jersey) = word
        .split_once(':')
        .and_then(|(team, jersey)| Some((side(team)?, jersey)))
        .ok_or_else(|| ScriptError::BadValue { line, key: "player", found: word.to_owned(), example })?;
    numbered(line, team, jersey, teams)
}

fn numbered(line: usize, side: Side, jersey: &str, teams: &[Option<Team>; 2]) -> Result<Who, ScriptError> {
    let players = teams[side_index(side)].as_ref().map_or(&[][..], |team| &team.players);
    players
        .iter()
        .position(|player| player.jersey == jersey)
        .map(|index| Who { side, index })
        .ok_or_else(|| ScriptError::UnknownPlayer { line, side, jersey: jersey.to_owned() })
}

fn game_line(words: &mut Words) -> Result<Game, ScriptError> {
    Ok(Game {
        id: words.text("id", "0022000001")?,
        league: words.text("league", "NBA")?,
        season: words.text("season", "REG")?,
        scheduled: words.value("scheduled", "2020-12-23T00:00:00Z", wall::parse_utc)?,
        tipoff: words.value("tipoff", "2020-12-23T00:06:19Z", wall::parse_utc)?,
        arena: words.text("arena", "Barclays_Center")?,
        city: words.text("city", "Brooklyn")?,
        shottracker: words.text("shottracker", "a UUID")?,
        sportradar: words.text("sportradar", "a UUID")?,
    })
}

fn team_line(words: &mut Words) -> Result<Team, ScriptError> {
    let color = |text: &str| {
        let digits = text.strip_prefix('#')?;
        (digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit())).then(|| text.to_ascii_lowercase())
    };
    let basket = |text: &str| match text {
        "left" => Some(End::Left),
        "right" => Some(End::Right),
        _ => None,
    };
    Ok(Team {
        code: words.text("code", "BKN")?,
        market: words.text("market", "Brooklyn")?,
        name: words.text("name", "Nets")?,
        color: words.value("color", "#1d428a", color)?,
        basket: words.value("basket", "left", basket)?,
        shottracker: words.value("shottracker", "1610612751", |text| text.parse().ok())?,
        sportradar: words.text("sportradar", "a UUID")?,
        players: Vec::new(),
    })
}

fn player_line(words: &mut Words, teams: &mut [Option<Team>; 2]) -> Result<(), ScriptError> {
    let word = words.next_bare();
    let (team, jersey) = word
        .split_once(':')
        .and_then(|(team, jersey)| Some((side(team)?, jersey)))
        .ok_or_else(|| words.bad("player", &word, "home:30"))?;
    let player = Player {
        id: words.value("id", "201142", |text| text.parse().ok())?,
        jersey: jersey.to_owned(),
        first: words.text("first", "Kevin")?,
        last: words.text("last", "Durant")?,
        position: words.maybe("position").unwrap_or_default(),
        starter: words.flag("starter")?,
    };
    let team =
        teams[side_index(team)].as_mut().ok_or(ScriptError::Incomplete { what: "team line before its players" })?;
    team.players.push(player);
    Ok(())
}

fn fact_line(at: &str, words: &mut Words, teams: &[Option<Team>; 2]) -> Result<Fact, ScriptError> {
    let at_ms = seconds(at).ok_or_else(|| words.bad("seconds", at, "97.9"))?;
    let found = words.next_bare();
    let period = period(&found).ok_or_else(|| words.bad("period", &found, "Q1"))?;
    let found = words.next_bare();
    let clock_ms = clock(&found).ok_or_else(|| words.bad("clock", &found, "11:22.0"))?;
    let kind = words.next_bare();
    let play = play(&kind, words, teams)?;
    let marks = words.maybe("marks").map(|marks| marks.split(',').map(str::to_owned).collect()).unwrap_or_default();
    Ok(Fact { id: 0, version: 1, at_ms, period, clock_ms, play, marks })
}

fn play(kind: &str, words: &mut Words, teams: &[Option<Team>; 2]) -> Result<Play, ScriptError> {
    let line = words.line;
    let must = |who: Option<Who>, key| who.ok_or(ScriptError::Missing { line, key, example: "home:30" });
    Ok(match kind {
        "start" => Play::PeriodStart,
        "end" => Play::PeriodEnd,
        "final" => Play::Final,
        "jump" => Play::Jump {
            to: words.side()?,
            won: must(words.who_at("won", teams)?, "won")?,
            lost: must(words.who_at("lost", teams)?, "lost")?,
            held: words.flag("held")?,
        },
        "2pt" | "3pt" => Play::Shot(shot(kind == "3pt", words, teams)?),
        "ft" => {
            let by = words.who(teams)?;
            let (number, of) = words.value("try", "1/2", |text| {
                let (number, of) = text.split_once('/')?;
                Some((number.parse().ok()?, of.parse().ok()?))
            })?;
            Play::FreeThrow { by, made: words.flag("made")?, number, of }
        }
        "rebound" => Play::Rebound {
            by: words.actor(teams)?,
            offensive: words.value("end", "offensive", |text| match text {
                "offensive" => Some(true),
                "defensive" => Some(false),
                _ => None,
            })?,
        },
        "foul" => Play::Foul {
            by: words.who(teams)?,
            kind: words.text("type", "personal")?,
            drawn: words.who_at("drawn", teams)?,
            throws: words
                .maybe("throws")
                .map_or(Ok(0), |text| text.parse().map_err(|_| words.bad("throws", &text, "2")))?,
        },
        "turnover" => Play::Turnover {
            by: words.actor(teams)?,
            kind: words.text("type", "lost_ball")?,
            steal: words.who_at("steal", teams)?,
        },
        "sub" => {
            let side = words.side()?;
            Play::Sub { side, out: numbers("out", words, side, teams)?, on: numbers("in", words, side, teams)? }
        }
        "timeout" => Play::Timeout { side: words.side()? },
        "stoppage" => Play::Stoppage { reason: words.text("reason", "out-of-bounds")? },
        "faceoff" | "goal" | "sog" | "miss" | "blocked" | "hit" | "giveaway" | "takeaway" | "penalty" => {
            Play::Ice(ice(kind, words, teams)?)
        }
        "violation" => Play::Violation { by: words.actor(teams)?, kind: words.text("type", "defensive_goaltending")? },
        other => return Err(ScriptError::UnknownKind { line, word: other.to_owned() }),
    })
}

fn ice(kind: &str, words: &mut Words, teams: &[Option<Team>; 2]) -> Result<IcePlay, ScriptError> {
    let line = words.line;
    let must = |who: Option<Who>, key| who.ok_or(ScriptError::Missing { line, key, example: "home:30" });
    let by = words.who(teams)?;
    let what = match kind {
        "faceoff" => Ice::Faceoff { won: by, lost: must(words.who_at("lost", teams)?, "lost")? },
        "hit" => Ice::Hit { by, on: must(words.who_at("on", teams)?, "on")? },
        "giveaway" => Ice::Giveaway { by },
        "takeaway" => Ice::Takeaway { by },
        "penalty" => Ice::Penalty {
            by,
            kind: words.text("type", "high-sticking")?,
            minutes: words.value("minutes", "2", |text| text.parse().ok())?,
            drawn: words.who_at("drawn", teams)?,
        },
        _ => {
            let outcome = match kind {
                "goal" => {
                    let assists = [words.who_at("assist", teams)?, words.who_at("second", teams)?];
                    Outcome::Goal { assists: assists.into_iter().flatten().collect() }
                }
                "miss" => Outcome::Missed { reason: words.text("reason", "wide_left")? },
                "blocked" => Outcome::Blocked { by: must(words.who_at("block", teams)?, "block")? },
                _ => Outcome::Saved,
            };
            let style = words.maybe("style").unwrap_or_default();
            Ice::Shot { by, style, goalie: words.who_at("goalie", teams)?, outcome }
        }
    };
    let pair = |text: &str, between: char| text.split_once(between).map(|(a, b)| (a.to_owned(), b.to_owned()));
    let at = words.value("at", "56,-38", |text| {
        let (x, y) = pair(text, ',')?;
        Some((x.parse().ok()?, y.parse().ok()?))
    })?;
    let skaters = match words.maybe("skaters") {
        None => [5, 5],
        Some(text) => pair(&text, '-')
            .and_then(|(home, away)| Some([home.parse().ok()?, away.parse().ok()?]))
            .ok_or_else(|| words.bad("skaters", &text, "5-4"))?,
    };
    let mut pulled = [false; 2];
    let off = words.maybe("pulled").unwrap_or_default();
    for word in off.split(',').filter(|word| !word.is_empty()) {
        let side = side(word).ok_or_else(|| words.bad("pulled", word, "home"))?;
        pulled[side_index(side)] = true;
    }
    Ok(IcePlay { what, at, skaters, pulled })
}

fn shot(three: bool, words: &mut Words, teams: &[Option<Team>; 2]) -> Result<Shot, ScriptError> {
    Ok(Shot {
        by: words.who(teams)?,
        made: words.flag("made")?,
        three,
        at: words.value("at", "-2,220", |text| {
            let (x, y) = text.split_once(',')?;
            Some((x.parse().ok()?, y.parse().ok()?))
        })?,
        style: words.text("style", "jump_shot")?,
        how: words.maybe("how").unwrap_or_default(),
        assist: words.who_at("assist", teams)?,
        block: words.who_at("block", teams)?,
    })
}

fn numbers(
    key: &'static str,
    words: &mut Words,
    side: Side,
    teams: &[Option<Team>; 2],
) -> Result<Vec<usize>, ScriptError> {
    let line = words.line;
    let list = words.text(key, "5,26")?;
    list.split(',').map(|jersey| numbered(line, side, jersey, teams).map(|who| who.index)).collect()
}

/// What the facts so far have established: the rules that one line alone cannot break.
#[derive(Default)]
struct Court {
    hockey: bool,
    at_ms: u64,
    period: u8,
    clock_ms: u32,
    score: [u32; 2],
    /// Filled with the starters at the first fact.
    on: Option<[Vec<usize>; 2]>,
}

impl Court {
    fn admit(
        &mut self,
        line: usize,
        fact: &Fact,
        said: Option<[u32; 2]>,
        teams: &[Option<Team>; 2],
    ) -> Result<(), ScriptError> {
        if fact.at_ms < self.at_ms {
            return Err(ScriptError::Backwards { line, what: "time" });
        }
        if fact.period < self.period {
            return Err(ScriptError::Backwards { line, what: "the period" });
        }
        let before_ms =
            if fact.period == self.period { self.clock_ms } else { period_length_ms(self.hockey, fact.period) };
        let lost = before_ms
            .checked_sub(fact.clock_ms)
            .ok_or(ScriptError::Backwards { line, what: "the game clock (it must count down)" })?;
        let wall_ms = fact.at_ms - self.at_ms;
        if u64::from(lost) > wall_ms {
            return Err(ScriptError::ClockTooFast { line, clock_ms: u64::from(lost), wall_ms });
        }
        (self.at_ms, self.period, self.clock_ms) = (fact.at_ms, fact.period, fact.clock_ms);
        self.count(line, fact, said)?;
        self.substitute(line, fact, teams)
    }

    fn count(&mut self, line: usize, fact: &Fact, said: Option<[u32; 2]>) -> Result<(), ScriptError> {
        match &fact.play {
            Play::Shot(shot) => self.score[side_index(shot.by.side)] += shot.points(),
            Play::FreeThrow { by, made: true, .. } => self.score[side_index(by.side)] += 1,
            Play::Ice(play) => self.score[side_index(play.by().side)] += play.goals(),
            _ => {}
        }
        let show = |score: [u32; 2]| format!("{}-{}", score[0], score[1]);
        match said {
            Some(said) if said != self.score => {
                Err(ScriptError::Score { line, sum: show(self.score), said: show(said) })
            }
            _ => Ok(()),
        }
    }

    fn substitute(&mut self, line: usize, fact: &Fact, teams: &[Option<Team>; 2]) -> Result<(), ScriptError> {
        let on = self.on.get_or_insert_with(|| {
            [0, 1].map(|side| {
                let players = teams[side].iter().flat_map(|team| team.players.iter().enumerate());
                players.filter(|(_, player)| player.starter).map(|(index, _)| index).collect()
            })
        });
        let Play::Sub { side, out, on: come } = &fact.play else { return Ok(()) };
        let court = &mut on[side_index(*side)];
        let trouble = |index: usize, trouble| {
            let jersey = teams[side_index(*side)].as_ref().map(|team| team.players[index].jersey.clone());
            ScriptError::Court { line, side: *side, jersey: jersey.unwrap_or_default(), trouble }
        };
        for index in out {
            let place =
                court.iter().position(|have| have == index).ok_or_else(|| trouble(*index, "is not on the court"))?;
            court.remove(place);
        }
        for index in come {
            if court.contains(index) {
                return Err(trouble(*index, "is already on the court"));
            }
            court.push(*index);
        }
        Ok(())
    }
}
