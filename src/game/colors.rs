//! The merge's part for colours: what is known of both teams' colours, and what comes of it.
//!
//! In: jerseys by the feeds, brands by the show file, the operator's choice. Out: each team's [`TeamColor`], and the sentence
//! for the operator where two would have looked alike. All mathematics are in [`crate::color`].

use std::sync::Arc;

use crate::color::team::{self, Clash, Known, Worn};
use crate::ids::Side;
use crate::status::ColorClash;

use super::rank::Fact;
use super::snapshot::TeamColor;
use super::view::Merge;

/// What the show file has of colours, over what feeds say.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ColorRules {
    /// Brand colours win over jerseys.
    pub prefers_brand: bool,
    /// In a clash the second team keeps its own colour.
    pub keeps_clash: bool,
}

/// The colours of both teams, and what they were made from.
#[derive(Debug)]
pub(super) struct Colors {
    from: ([Known; 2], bool),
    jerseys: [Option<String>; 2],
    pub(super) teams: [Arc<TeamColor>; 2],
    clash: Option<Clash>,
}

impl Merge<'_> {
    /// Made anew only when something of it changes; a team whose colours stay the same keeps its pointer.
    pub(super) fn colors(&self) -> Arc<Colors> {
        let jerseys = Side::BOTH.map(|side| self.pick_team(Fact::Color, side, |team| team.jersey.clone()));
        let known = Side::BOTH.map(|side| {
            let rules = self.rules.team(side);
            Known {
                jersey: jerseys[side as usize].as_deref().and_then(|jersey| jersey.parse().ok()),
                primary: rules.primary,
                secondary: rules.secondary,
                alternate: rules.alternate,
                prefers_brand: self.rules.colors.prefers_brand,
                choice: self.state.color_choices[side as usize],
            }
        });
        let from = (known, self.rules.colors.keeps_clash);
        let memo = &self.state.colors;
        let before = memo.load_full();
        if let Some(before) = before.as_ref().filter(|before| before.from == from && before.jerseys == jerseys) {
            return before.clone();
        }
        let (worn, clash) = team::assign(&known[0], &known[1], from.1);
        let teams = Side::BOTH.map(|side| {
            let at = side as usize;
            let color = team_color(jerseys[at].clone(), worn[at], &known[at]);
            let kept = before.as_ref().map(|before| &before.teams[at]).filter(|kept| ***kept == color);
            kept.cloned().unwrap_or_else(|| Arc::new(color))
        });
        let colors = Arc::new(Colors { from, jerseys, teams, clash });
        memo.store(Some(colors.clone()));
        colors
    }
}

impl Colors {
    /// What the operator is told where the teams would have looked alike.
    pub(super) fn clash(&self) -> Option<ColorClash> {
        let clash = self.clash?;
        let does = match clash.taken {
            Some(taken) => format!("the away team takes {taken}"),
            None => "the away team keeps it".to_owned(),
        };
        Some(ColorClash {
            home: clash.first.to_string(),
            away: clash.second.to_string(),
            seen_by: clash.to.to_string(),
            difference: clash.difference,
            enough: clash.to.clear(),
            taken: clash.taken.map(|taken| taken.to_string()),
            sentence: format!("{clash}: {does}"),
        })
    }
}

fn team_color(jersey: Option<String>, worn: Option<Worn>, known: &Known) -> TeamColor {
    let text = |color: crate::color::Rgb| color.to_string();
    let Some(Worn { palette, origin, .. }) = worn else {
        // An accent without a plate is the show file's all the same.
        return TeamColor { jersey, secondary: known.secondary.map(text), ..TeamColor::default() };
    };
    TeamColor {
        jersey,
        origin: Some(origin.name().to_owned()),
        primary: Some(text(palette.primary)),
        light: Some(text(palette.light)),
        dark: Some(text(palette.dark)),
        on_primary: Some(text(palette.on_primary)),
        shade: Some(text(palette.shade)),
        on_shade: Some(text(palette.on_shade)),
        border: Some(text(palette.border)),
        secondary: palette.secondary.map(text),
        on_secondary: palette.on_secondary.map(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::color::Rgb;
    use crate::color::team::Choice;
    use crate::game::event::{Event, TeamFacts};
    use crate::game::snapshot::GameSnapshot;
    use crate::game::{GameState, Rules, merging, view};
    use crate::ids::{FeedId, FeedKind, TeamId};
    use crate::time::Timestamp;

    const AT: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn jerseys(home: &str, away: &str) -> GameState {
        let (mut state, feed, kind) = (GameState::default(), FeedId::new("tracker"), FeedKind::ShotTracker);
        let team = |id: &str| TeamFacts { id: Some(TeamId::new(id)), ..TeamFacts::default() };
        state.received(AT, &feed, kind, 0);
        state.apply(AT, &feed, kind, &Event::Teams { home: team("h"), away: team("a") });
        let colors = vec![(TeamId::new("h"), home.to_owned()), (TeamId::new("a"), away.to_owned())];
        state.apply(AT, &feed, kind, &Event::JerseyColors(colors));
        state
    }

    #[test]
    fn a_clash_is_resolved_said_and_left_to_the_operator_to_decide_otherwise() {
        let mut state = jerseys("#ce1141", "#860038");
        let rules = Rules::default();
        let worn = |state: &GameState| view(state, &rules, AT).away.color.origin.clone();
        assert_eq!(worn(&state).as_deref(), Some("alternate"));
        let clash = merging(&state, &rules, AT).color_clash.expect("red and wine");
        assert_eq!(
            (clash.home.as_str(), clash.away.as_str(), clash.seen_by.as_str()),
            ("#ce1141", "#860038", "anybody")
        );
        assert!(clash.taken.is_some() && clash.sentence.ends_with(&clash.taken.unwrap()), "{}", clash.sentence);
        state.choose_color(Side::Away, Choice::Jersey);
        assert_eq!(worn(&state).as_deref(), Some("jersey"));
        let kept = merging(&state, &rules, AT).color_clash.expect("it is one all the same");
        assert_eq!((kept.taken, kept.sentence.ends_with("the away team keeps it")), (None, true));
        state.choose_color(Side::Away, Choice::Fixed(Rgb::new(0xfd, 0xbb, 0x30)));
        assert_eq!((worn(&state).as_deref(), merging(&state, &rules, AT).color_clash), (Some("operator"), None));
    }

    #[test]
    fn jerseys_that_change_on_air_change_the_pointer_of_their_team_alone() {
        let mut state = jerseys("#ce1141", "#1d428a");
        let before = view(&state, &Rules::default(), AT);
        let colors = vec![(TeamId::new("a"), "#ffffff".to_owned())];
        state.apply(AT, &FeedId::new("tracker"), FeedKind::ShotTracker, &Event::JerseyColors(colors));
        let after = view(&state, &Rules::default(), AT);
        assert!(Arc::ptr_eq(&before.home.color, &after.home.color));
        assert_ne!(before.away.color, after.away.color);
    }

    /// The colours that a snapshot's jerseys and accents make.
    fn made(game: &GameSnapshot) -> [TeamColor; 2] {
        let known = Side::BOTH.map(|side| {
            let color = &game.team(side).color;
            let rgb = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
            let jersey = rgb(&color.jersey);
            Known {
                jersey,
                primary: if jersey.is_none() { rgb(&color.primary) } else { None },
                secondary: rgb(&color.secondary),
                ..Known::default()
            }
        });
        let (worn, _) = team::assign(&known[0], &known[1], false);
        Side::BOTH.map(|side| {
            let at = side as usize;
            team_color(game.team(side).color.jersey.clone(), worn[at], &known[at])
        })
    }

    #[test]
    fn sample_games_have_the_colours_that_their_jerseys_make() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/snapshots");
        let mut wrong = Vec::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let file = file.unwrap().path();
            let game: GameSnapshot = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
            for (side, color) in Side::BOTH.into_iter().zip(made(&game)) {
                if *game.team(side).color != color {
                    let name = file.file_name().unwrap().to_string_lossy().into_owned();
                    wrong.push(format!("SAMPLE {name} {side} {}", serde_json::to_string(&color).unwrap()));
                }
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }
}
