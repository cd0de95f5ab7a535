//! Every path of the game that an expression can name, read off the sample on which templates are checked, so that the
//! list and the check cannot disagree.

use serde::Serialize;
use serde_json::Value;

use super::check::sample;
use crate::game::snapshot::Sport;

/// One path.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Binding {
    /// "home.players[].last_name": `[]` stands for an item of a list, `<name>` for a key that the feed chooses.
    pub path: String,
    /// "text", "number", "true or false", "colour" or "list".
    pub kind: &'static str,
    /// "mm", "ms", "0-100"…; empty where the value has none.
    pub unit: &'static str,
    /// Its value in the sample; for a list how many items that has.
    pub example: Value,
}

/// Names whose values, and all below them, only hockey has.
const HOCKEY: [&str; 15] = [
    "strength",
    "skaters",
    "empty_net",
    "penalties",
    "goals",
    "shots_on_goal",
    "hits",
    "faceoffs",
    "power_play",
    "penalty_minutes",
    "saves",
    "giveaways",
    "takeaways",
    "empty_net_goal",
    "own_goal",
];

/// Names whose values, and all below them, only basketball has.
const BASKETBALL: [&str; 27] = [
    "shot",
    "possession",
    "bonus",
    "fouls",
    "fouls_drawn",
    "fg",
    "fg2",
    "fg3",
    "ft",
    "rebounds",
    "steals",
    "turnovers",
    "points_in_paint",
    "second_chance_points",
    "points_off_turnovers",
    "assist_to_turnover",
    "by_possession_type",
    "zones",
    "shots",
    "attempt",
    "lineups",
    "free_throw",
    "fouled_out",
    "streak",
    "field_goal",
    "threes",
    "starters",
];

/// All paths, or those that a sport has, sorted.
pub fn bindings(sport: Option<Sport>) -> Vec<Binding> {
    let left_out: &[&str] = match sport {
        None => &[],
        Some(Sport::Basketball) => &HOCKEY,
        Some(Sport::Hockey) => &BASKETBALL,
    };
    let mut found = Vec::new();
    // The sample is made of plain structs, for which this cannot fail.
    if let Ok(Value::Object(game)) = serde_json::to_value(sample()) {
        game.iter().for_each(|(name, value)| collect(&mut found, left_out, name, name, value));
    }
    found
}

fn collect(found: &mut Vec<Binding>, left_out: &[&str], path: &str, name: &str, value: &Value) {
    if left_out.contains(&name) {
        return;
    }
    let mut add = |kind: &'static str, example: Value| {
        found.push(Binding { path: path.to_owned(), kind, unit: unit(name), example });
    };
    match value {
        // The feed chooses these keys; one stands for all.
        Value::Object(entries) if super::check::is_open(path) => {
            if let Some(first) = entries.values().next() {
                collect(found, left_out, &format!("{path}.<name>"), "<name>", first);
            }
        }
        Value::Object(entries) => {
            entries.iter().for_each(|(name, value)| collect(found, left_out, &format!("{path}.{name}"), name, value));
        }
        Value::Array(items) => {
            add("list", items.len().into());
            if let Some(first) = items.first() {
                collect(found, left_out, &format!("{path}[]"), "item", first);
            }
        }
        Value::Bool(_) => add("true or false", value.clone()),
        Value::Number(_) => add("number", value.clone()),
        Value::String(text) => {
            add(if super::color::parse(text).is_some() { "colour" } else { "text" }, value.clone());
        }
        Value::Null => {}
    }
}

fn unit(name: &str) -> &'static str {
    match name {
        "pct" => "0-100",
        "distance_m" => "m",
        "minutes" | "penalty_minutes" => "min",
        "ppp" => "points per possession",
        "scheduled" => "RFC 3339",
        name if name.ends_with("_mm") => "mm",
        name if name.ends_with("millis") || name.ends_with("_ms") => "ms",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(sport: Option<Sport>) -> Vec<String> {
        bindings(sport).into_iter().map(|binding| binding.path).collect()
    }

    #[test]
    fn each_sport_leaves_out_only_names_that_exist() {
        let all = paths(None);
        for name in HOCKEY.iter().chain(&BASKETBALL) {
            let is_there = all.iter().any(|path| path.split(['.', '[']).any(|part| part == *name));
            assert!(is_there, "no path has the part `{name}`");
        }
        let (basketball, hockey) = (paths(Some(Sport::Basketball)), paths(Some(Sport::Hockey)));
        assert!(
            basketball.contains(&"clock.shot.display".to_owned()) && !hockey.contains(&"clock.shot.display".into())
        );
        assert!(hockey.contains(&"home.penalties[].left.millis".to_owned()));
        assert!(all.iter().all(|path| basketball.contains(path) || hockey.contains(path)));
    }

    #[test]
    fn every_path_of_the_list_can_be_bound() {
        use crate::template::Template;
        for binding in bindings(None).iter().filter(|binding| !binding.path.contains(['[', '<'])) {
            let text = format!(r#"{{"let": {{"x": "{{{{ {} }}}}"}}, "nodes": []}}"#, binding.path);
            let template = Template::parse("t".into(), std::path::Path::new("t"), &text);
            assert!(template.is_ok(), "{}: {:?}", binding.path, template.err());
        }
    }
}
