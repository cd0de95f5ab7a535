use super::*;
use crate::config::{Journal, KeptPositions};

fn problems(text: &str) -> String {
    match parse(Path::new("show.toml"), text) {
        Ok(_) => String::new(),
        Err(problems) => problems.to_string(),
    }
}

#[test]
fn each_sportradar_feed_is_read_as_its_kind_with_its_own_filters() {
    let text = "[show]\nname = \"x\"\n[[feed]]\nid = \"ice\"\nkind = \"nhl-push-events\"\n\
                filters = { strength = \"powerplay\", event_type = [\"goal\", \"penalty\"] }\n";
    let show = parse(Path::new("show.toml"), text).unwrap();
    let Feed::Sportradar(feed) = &show.feeds[0] else { panic!("{:?}", show.feeds) };
    assert_eq!(feed.kind, FeedKind::NhlPushEvents);
    assert_eq!(feed.filters["event_type"].joined(), "goal,penalty");
    let found = problems(&text.replace("nhl-push-events", "nba-push-clock"));
    assert!(found.contains("no filter `strength`") && found.contains("locale, status"), "{found}");
    let found = problems(&text.replace("strength", "match"));
    assert!(found.contains("beside the filters"), "{found}");
}

#[test]
fn the_built_in_show_has_no_problems() {
    assert_eq!(problems(BUILTIN), "");
}

#[test]
fn an_unknown_key_is_refused_with_its_place_and_what_was_meant() {
    let found = problems("[show]\nname = \"x\"\nraet = \"50\"\n");
    assert_eq!(found, "show.toml:3:1: unknown key `raet`\n    3 | raet = \"50\"\n      | ^ did you mean `rate`?");
}

#[test]
fn a_bad_frame_rate_is_refused_with_its_place() {
    let found = problems("[show]\nname = \"x\"\nrate = \"61\"\n");
    assert!(found.starts_with("show.toml:3:8: `61` is not a frame rate; use 25,"), "{found}");
}

#[test]
fn two_wrong_sections_are_both_reported() {
    let found = problems("[show]\nname = \"x\"\nsize = \"11p\"\n[[output]]\nkind = \"windw\"\nid = \"a\"\n[vnue]\n");
    assert!(found.contains("3:8: `11p` is not a canvas size"), "{found}");
    assert!(found.contains("5:8: there is no kind `windw`") && found.contains("did you mean `window`?"), "{found}");
    assert!(found.contains("7:2: unknown key `vnue`") && found.contains("did you mean `venue`?"), "{found}");
}

#[test]
fn two_problems_in_one_section_are_both_reported() {
    let found = problems("[show]\nname = \"x\"\nrate = \"61\"\ncolour = 1\nsize = \"9p\"\n");
    let places: Vec<&str> = found.lines().filter(|line| line.starts_with("show.toml")).collect();
    assert_eq!(places.len(), 3, "{found}");
    assert!(found.contains("3:8:") && found.contains("4:1:") && found.contains("5:8:"), "{found}");
}

#[test]
fn a_missing_key_is_reported_with_its_section() {
    let found = problems("[show]\nrate = \"50\"\n");
    assert!(found.contains("missing field `name`"), "{found}");
}

#[test]
fn a_syntax_error_has_line_and_column() {
    let found = problems("[show]\nname = \n");
    assert!(found.starts_with("show.toml:2:8:"), "{found}");
}

#[test]
fn a_feed_without_a_venue_needs_one() {
    let found = problems("[show]\nname = \"x\"\n[[feed]]\nid = \"t\"\nkind = \"shottracker\"\nvenue = true\n");
    assert!(found.contains("4:6: feed `t` connects to the show's venue, and there is none"), "{found}");
}

#[test]
fn a_rank_that_names_no_feed_is_refused_with_what_was_meant() {
    let text = "[show]\nname = \"x\"\n[venue]\n[[feed]]\nid = \"league\"\nkind = \"nba-push-events\"\nvenue = true\n\
                [ranks]\nscore = [\"leage\"]\nscroe = []\n";
    assert!(problems(text).contains("unknown key `scroe`"), "{}", problems(text));
    let found = problems(&text.replace("scroe = []\n", ""));
    assert!(found.contains("9:10: `score` is ranked by `leage`") && found.contains("did you mean `league`"), "{found}");
}

#[test]
fn a_journal_is_kept_as_its_section_says() {
    let show = |section: &str| format!("[show]\nname = \"x\"\njournal = \"x.journal\"\n[journal]\n{section}\n");
    let read = |section: &str| parse(Path::new("show.toml"), &show(section)).unwrap().journal.unwrap();
    assert_eq!(read(""), Journal::default());
    assert_eq!(read("location = \"none\"").location, KeptPositions::None);
    assert_eq!(read("location = 5").location, KeptPositions::PerSecond(5.0));
    assert_eq!(read("location = 0.5\nsegment_mb = 8\ncompress = false").segment_mb, Some(8));
    for (wrong, said) in [
        ("location = \"some\"", "5:12: `some` is no choice of positions; write \"all\""),
        ("location = -1", "5:12: -1 positions a second cannot be kept"),
        ("location = [1]", "5:12: this is no choice of positions"),
        ("segment_mb = 0", "5:14: files of 0 MB are outside 1 to 4096"),
        ("compres = true", "did you mean `compress`?"),
    ] {
        let found = problems(&show(wrong));
        assert!(found.contains(said), "{wrong}: {found}");
    }
    let found = problems("[show]\nname = \"x\"\n[journal]\n");
    assert!(found.starts_with("show.toml:3:1: these settings are of a journal"), "{found}");
}

#[test]
fn keys_are_read_and_what_is_wrong_with_one_is_told_with_what_was_meant() {
    let show = |keys: &str| format!("[show]\nname = \"x\"\n{keys}\n");
    let good = "[[key]]\nkey = \"Q\"\ncommand = { verb = \"adjust\", home = { score = 2 } }\n\
                [[key]]\nkey = \"space\"\ncommand = { verb = \"toggle_clock\" }\n\
                [[key]]\nkey = \"p\"\ncommand = { verb = \"correct\", clock = \"12:00\", running = false }";
    let read = parse(Path::new("show.toml"), &show(good)).unwrap();
    let told: Vec<String> = read.keys.iter().map(|key| format!("{}: {}", key.key, key.command)).collect();
    assert_eq!(told, ["q: home score +2", "space: clock on and off", "p: clock 12:00.000 stopped"]);
    let key = |command: &str| show(&format!("[[key]]\nkey = \"q\"\ncommand = {{ {command} }}"));
    for (wrong, said) in [
        (
            key("verb = \"ajust\""),
            "5:20: there is no command `ajust`\n    5 | command = { verb = \"ajust\" }\n      |                    ^ did you mean `adjust`?",
        ),
        (key("vreb = \"adjust\""), "this key has no command with a `verb`"),
        (key("verb = \"adjust\", hoem = {}"), "5:30: unknown key `hoem`"),
        (key("verb = \"adjust\", hoem = {}"), "did you mean `home`?"),
        (key("verb = \"correct\", home = { scroe = 1 }"), "did you mean `score`?"),
        (key("verb = \"undo\", by = 2"), "unknown key `by`"),
        (key("verb = \"correct\", clock = \"12\u{b4}\""), "is no time on a clock"),
        (show("[[key]]\nkey = \"f2\"\ncommand = { verb = \"undo\" }"), "`f2` is not a key; write one character"),
        (show("[[key]]\nkey = \"q\"\nkomand = { verb = \"undo\" }"), "this key has no command"),
        (
            show(&format!("{good}\n[[key]]\nkey = \"q\"\ncommand = {{ verb = \"undo\" }}")),
            "key `q` is given to `home score +2` and `undo`",
        ),
    ] {
        let found = problems(&wrong);
        assert!(found.contains(said), "{wrong}: {found}");
    }
}

#[test]
fn the_game_is_read_and_lengths_that_cannot_be_are_refused() {
    let show = |game: &str| format!("[show]\nname = \"x\"\n[game]\n{game}\n");
    let read = parse(Path::new("show.toml"), &show("sport = \"hockey\"\nperiods = 3\nshot_clock_s = 0")).unwrap();
    assert_eq!((read.game.sport, read.game.periods), (Some(crate::config::Sport::Hockey), Some(3)));
    for (wrong, said) in [
        ("sport = \"chess\"", "unknown variant `chess`"),
        ("periods = 0", "a game of 0 periods"),
        ("period_minutes = -1", "a period of -1 minutes"),
        ("shot_clock_s = 240", "above 99"),
        ("period_minuts = 12", "did you mean `period_minutes`?"),
    ] {
        let found = problems(&show(wrong));
        assert!(found.contains(said), "{wrong}: {found}");
    }
}

#[test]
fn a_rundown_continues_to_steps() {
    let text = |steps: &str| {
        format!(
            "[show]\nname = \"x\"\n[[graphic]]\nname = \"bug\"\ntemplate = \"score-bug\"\nlayer = 1\n\
             [rundown]\nsteps = [{{ at_s = 1.0, {steps} }}]\n"
        )
    };
    let show = parse(Path::new("show.toml"), &text("continue = \"bug\", to = \"stats\"")).unwrap();
    assert_eq!(show.rundown.steps[0].to, Some(crate::command::Step::Name("stats".into())));
    for (steps, said) in [
        ("take = \"bug\", continue = \"bug\"", "needs `take`, `out` or `continue`, and only one"),
        ("out = \"bug\", to = 2", "has a `to`, and does not continue"),
    ] {
        let found = problems(&text(steps));
        assert!(found.contains(said), "{found}");
    }
}

#[test]
fn a_rundown_step_that_names_no_graphic_is_refused() {
    let text = "[show]\nname = \"x\"\n[[graphic]]\nname = \"bug\"\ntemplate = \"score-bug\"\nlayer = 1\n\
                [rundown]\nsteps = [{ at_s = 1.0, take = \"bugg\" }]\n";
    assert!(problems(text).contains("which is no graphic of this show"), "{}", problems(text));
}
