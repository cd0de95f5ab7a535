//! Real jerseys beside each other, and what no jersey may break.

use proptest::prelude::*;

use super::*;
use crate::color::contrast;

fn rgb(text: &str) -> Rgb {
    text.parse().unwrap()
}

fn jersey(text: &str) -> Known {
    Known { jersey: Some(rgb(text)), ..Known::default() }
}

/// Teams as they have met, or could have, by the colours that they wear.
const CLASHES: [(&str, &str, &str); 16] = [
    ("both white", "#ffffff", "#ffffff"),
    ("white and cream", "#ffffff", "#f2ead8"),
    ("both black", "#000000", "#1a1a1a"),
    ("red and orange: Houston, Phoenix", "#ce1141", "#e56020"),
    ("red and wine: Chicago, Cleveland", "#ce1141", "#860038"),
    ("wine and wine: Miami, Cleveland", "#98002e", "#860038"),
    ("navy and black: Denver, Brooklyn", "#0e2240", "#000000"),
    ("navy and navy: New Orleans, Denver", "#0c2340", "#0e2240"),
    ("navy and royal: New Orleans, Golden State", "#0c2340", "#1d428a"),
    ("royal and royal: Golden State, Philadelphia", "#1d428a", "#006bb6"),
    ("green and teal: Boston, Charlotte", "#007a33", "#00788c"),
    ("green and dark green: Boston, Milwaukee", "#007a33", "#00471b"),
    ("gold and gold: Los Angeles, Indiana", "#fdb927", "#fdbb30"),
    ("blue and blue: Buffalo, St. Louis", "#003087", "#002f87"),
    ("purple and royal, to the colour-blind: Sacramento, Golden State", "#5a2d81", "#1d428a"),
    ("red and green, to the colour-blind: Chicago, Boston", "#ce1141", "#007a33"),
];

const CLEAR_PAIRS: [(&str, &str, &str); 15] = [
    ("white and navy: Dallas, Denver", "#ffffff", "#0e2240"),
    ("white and black", "#ffffff", "#000000"),
    ("white and gold: Brooklyn, Los Angeles", "#ffffff", "#fdb927"),
    ("white and red", "#ffffff", "#c8102e"),
    ("red and blue: Chicago, Golden State", "#ce1141", "#1d428a"),
    ("navy and red: Edmonton, Calgary", "#041e42", "#c8102e"),
    ("gold and purple: Indiana, Los Angeles", "#fdbb30", "#552583"),
    ("orange and royal: New York, Golden State", "#f58426", "#1d428a"),
    ("red and black: Chicago, Brooklyn", "#ce1141", "#000000"),
    ("red and gold: Calgary", "#c8102e", "#ffc72c"),
    ("green and gold: Milwaukee, Los Angeles", "#00471b", "#fdb927"),
    ("sky blue and white", "#6cace4", "#ffffff"),
    ("silver and black: San Antonio, Brooklyn", "#c4ced4", "#000000"),
    ("teal and ice: San Jose, Seattle", "#006d75", "#99d9d9"),
    ("silver and red", "#c4ced4", "#ce1141"),
];

#[test]
fn jerseys_that_look_alike_are_told_apart_and_it_is_said() {
    for (name, home, away) in CLASHES {
        let ([one, two], clash) = assign(&jersey(home), &jersey(away), false);
        let clash = clash.unwrap_or_else(|| panic!("{name}: {home} and {away} are a clash"));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!(two.origin, Origin::Alternate, "{name}");
        assert_eq!(clash.taken, Some(two.palette.primary), "{name}");
        let apart = one.clarity(&two);
        assert!(apart >= 1.0, "{name}: {} and {} are {apart} apart", one.palette.primary, two.palette.primary);
        assert!(clash.to_string().contains("looks like"), "{clash}");
    }
}

#[test]
fn jerseys_that_anybody_tells_apart_are_no_clash() {
    for (name, home, away) in CLEAR_PAIRS {
        let (worn, clash) = assign(&jersey(home), &jersey(away), false);
        assert_eq!(clash, None, "{name}");
        assert!(worn.iter().all(|worn| worn.unwrap().origin == Origin::Jersey), "{name}");
    }
}

#[test]
fn the_second_team_takes_what_the_show_names_before_anything_else() {
    let second = Known { alternate: Some(rgb("#fec524")), secondary: Some(rgb("#ffffff")), ..jersey("#0e2240") };
    let ([_, worn], clash) = assign(&jersey("#0c2340"), &second, false);
    assert_eq!(worn.unwrap().palette.primary, rgb("#fec524"));
    assert_eq!(clash.unwrap().taken, Some(rgb("#fec524")));
    // An alternate that is none is passed over.
    let second = Known { alternate: Some(rgb("#0c2340")), ..second };
    let ([_, worn], _) = assign(&jersey("#0c2340"), &second, false);
    assert!(worn.unwrap().palette.primary.to_oklch().lightness > 0.9, "white: {worn:?}");
}

#[test]
fn an_operator_or_the_show_can_decide_otherwise() {
    let (home, away) = (jersey("#ce1141"), jersey("#860038"));
    let ([_, kept], clash) = assign(&home, &away, true);
    assert_eq!((kept.unwrap().origin, clash.unwrap().taken), (Origin::Jersey, None));
    let chosen = Known { choice: Choice::Jersey, ..away };
    let ([_, kept], clash) = assign(&home, &chosen, false);
    assert_eq!((kept.unwrap().origin, clash.unwrap().taken), (Origin::Jersey, None));
    let fixed = Known { choice: Choice::Fixed(rgb("#fdbb30")), ..away };
    let ([_, worn], clash) = assign(&home, &fixed, false);
    assert_eq!((worn.unwrap().palette.primary, clash), (rgb("#fdbb30"), None));
    let forced = Known { choice: Choice::Alternate, ..jersey("#1d428a") };
    let ([_, worn], clash) = assign(&home, &forced, false);
    assert_eq!((worn.unwrap().origin, clash), (Origin::Alternate, None));
}

#[test]
fn brand_colours_win_over_jerseys_where_the_show_says_so() {
    let known = Known { primary: Some(rgb("#007a33")), ..jersey("#ffffff") };
    let worn = |known: &Known| assign(known, &Known::default(), false).0[0].unwrap();
    assert_eq!(worn(&known).origin, Origin::Jersey);
    let preferred = Known { prefers_brand: true, ..known };
    assert_eq!((worn(&preferred).origin, worn(&preferred).base), (Origin::Brand, rgb("#007a33")));
    let without = Known { primary: None, ..preferred };
    assert_eq!(worn(&without).origin, Origin::Jersey, "a jersey is better than nothing");
}

#[test]
fn a_white_jersey_names_its_team_in_the_teams_colour() {
    let celtics = Known { primary: Some(rgb("#007a33")), ..jersey("#ffffff") };
    let palette = assign(&celtics, &Known::default(), false).0[0].unwrap().palette;
    assert!(palette.primary.to_oklch().lightness < 0.95, "not video white: {}", palette.primary);
    let (text, brand) = (palette.on_primary.to_oklch(), rgb("#007a33").to_oklch());
    assert!((text.hue_degrees - brand.hue_degrees).abs() < 5.0, "green on white: {}", palette.on_primary);
    assert_eq!(palette.border, rgb("#007a33"));
    let unknown = assign(&jersey("#ffffff"), &Known::default(), false).0[0].unwrap().palette;
    assert_eq!(unknown.on_primary, crate::color::DARK_TEXT);
    assert!(shows_on(unknown.border, unknown.primary));
}

#[test]
fn a_black_jersey_is_lifted_off_the_panel_and_outlined() {
    let panel = rgb("#0e1116");
    let nets = assign(&jersey("#000000"), &Known::default(), false).0[0].unwrap().palette;
    assert!(nets.primary.to_oklch().lightness - panel.to_oklch().lightness > 0.08, "{}", nets.primary);
    assert!(contrast(nets.border, nets.primary) > 3.0, "{}", nets.border);
    let accented = Known { secondary: Some(rgb("#e31837")), ..jersey("#000000") };
    let raptors = assign(&accented, &Known::default(), false).0[0].unwrap().palette;
    assert_eq!(raptors.border, rgb("#e31837"));
}

#[test]
fn nothing_known_is_no_colour() {
    assert_eq!(assign(&Known::default(), &Known::default(), false), ([None, None], None));
}

#[test]
fn plates_that_come_near_each_other_only_at_one_end_are_a_clash() {
    // Told apart by what they wear and in the middle of their plates, and not at the light ends.
    let (home, away) = (jersey("#7fef8d"), jersey("#fdfd28"));
    let ([one, two], clash) = assign(&home, &away, false);
    assert!(clash.is_some_and(|clash| clash.taken.is_some()), "{clash:?}");
    assert!(one.unwrap().clarity(&two.unwrap()) >= 1.0);
}

fn any_rgb() -> impl Strategy<Value = Rgb> {
    any::<(u8, u8, u8)>().prop_map(|(r, g, b)| Rgb::new(r, g, b))
}

proptest! {
    #[test]
    fn every_text_reads_at_the_worst_end_whatever_the_jersey_and_the_brand(
        jersey in any_rgb(), primary in proptest::option::of(any_rgb()), secondary in proptest::option::of(any_rgb()),
    ) {
        let known = Known { jersey: Some(jersey), primary, secondary, ..Known::default() };
        let palette = assign(&known, &Known::default(), false).0[0].unwrap().palette;
        for end in [palette.light, palette.primary, palette.dark] {
            prop_assert!(contrast(end, palette.on_primary) >= SMALL_TEXT, "{palette:?}");
        }
        prop_assert!(contrast(palette.shade, palette.on_shade) >= SMALL_TEXT, "{palette:?}");
        prop_assert!(contrast(palette.dark, palette.on_shade) >= SMALL_TEXT, "{palette:?}");
        prop_assert_eq!(palette.on_shade, palette.on_primary, "one ink: {:?}", palette);
        if let Some((plate, text)) = palette.secondary.zip(palette.on_secondary) {
            prop_assert!(contrast(plate, text) >= SMALL_TEXT, "{palette:?}");
        }
        prop_assert!(shows_on(palette.border, palette.primary), "{palette:?}");
    }

    #[test]
    fn no_two_jerseys_end_up_alike(home in any_rgb(), away in any_rgb()) {
        let known = |color| Known { jersey: Some(color), ..Known::default() };
        let ([one, two], clash) = assign(&known(home), &known(away), false);
        let (one, two) = (one.unwrap(), two.unwrap());
        prop_assert!(one.clarity(&two) >= 1.0, "{home} {one:?}, {away} {two:?}: {clash:?}");
        let ends = |worn: Worn| [worn.palette.light, worn.palette.primary, worn.palette.dark];
        for (own, its) in ends(one).into_iter().zip(ends(two)) {
            prop_assert!(clarity(own, its) >= 1.0, "{own} and {its} of {home} {one:?}, {away} {two:?}");
        }
    }
}
