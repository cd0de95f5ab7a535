//! Shaping and measuring, without a picture.

use super::*;

fn run(text: &str) -> TextRun {
    TextRun {
        text: text.to_owned(),
        family: "Barlow Condensed".to_owned(),
        weight: 600,
        size_px: 40.0,
        ..TextRun::default()
    }
}

#[test]
fn every_bundled_face_is_found_by_family_and_weight() {
    let fonts = Fonts::bundled();
    let found: Vec<_> = fonts
        .families
        .iter()
        .map(|family| (family.name.as_str(), family.faces.iter().map(|face| face.weights[0]).collect::<Vec<_>>()))
        .collect();
    assert_eq!(found, [("Barlow Condensed", vec![500, 600, 800]), ("Roboto Condensed", vec![500, 700])]);
}

#[test]
fn every_bundled_face_has_all_of_ascii() {
    let mut fonts = Fonts::bundled();
    for family in fonts.families.clone() {
        assert!(family.has_ascii);
        for face in &family.faces {
            let lacks: String = (' '..='~').filter(|c| !face.has_glyph(&mut fonts.system, *c)).collect();
            assert_eq!(lacks, "", "{} {:?}", family.name, face.weights);
        }
    }
}

#[test]
fn a_weight_without_a_face_takes_the_nearest_on_its_own_side() {
    let barlow = Fonts::bundled().family("Barlow Condensed", None).unwrap();
    let chosen = |weight| barlow.nearest(weight).weights[0];
    assert_eq!([100, 400, 500, 600, 700, 800, 900].map(chosen), [500, 500, 500, 600, 800, 800, 800]);
}

#[test]
fn tabular_digits_never_change_the_advance() {
    let mut fonts = Fonts::bundled();
    for family in ["Barlow Condensed", "Roboto Condensed"] {
        let clock = |seconds: u32| TextRun {
            family: family.to_owned(),
            tabular: true,
            ..run(&format!("{}:{:02}", seconds / 60, seconds % 60))
        };
        let first = fonts.measure(&clock(0)).unwrap().advance_px;
        for seconds in 1..600 {
            let advance = fonts.measure(&clock(seconds)).unwrap().advance_px;
            assert!((advance - first).abs() < 1e-3, "{family} {}: {advance} px, not {first}", clock(seconds).text);
        }
    }
}

#[test]
fn proportional_digits_of_the_name_font_do_change_the_advance() {
    let mut fonts = Fonts::bundled();
    let ones = fonts.measure(&run("1111")).unwrap().advance_px;
    let zeros = fonts.measure(&run("0000")).unwrap().advance_px;
    assert!(ones < zeros - 1.0, "without this the tabular test proves nothing: {ones} and {zeros}");
}

#[test]
fn tracking_adds_its_share_of_the_em_after_every_glyph() {
    let mut fonts = Fonts::bundled();
    let plain = fonts.measure(&run("HOME")).unwrap().advance_px;
    let spaced = fonts.measure(&TextRun { tracking: 50.0, ..run("HOME") }).unwrap().advance_px;
    assert!((spaced - plain - 4.0 * 0.05 * 40.0).abs() < 1e-3, "{plain} {spaced}");
}

#[test]
fn a_heavier_weight_is_wider() {
    let mut fonts = Fonts::bundled();
    let medium = fonts.measure(&TextRun { weight: 500, ..run("SCORE") }).unwrap().advance_px;
    let heavy = fonts.measure(&TextRun { weight: 800, ..run("SCORE") }).unwrap().advance_px;
    assert!(medium < heavy, "{medium} {heavy}");
}

#[test]
fn ink_of_a_flat_capital_stands_on_the_baseline_and_ends_at_cap_height() {
    let mut fonts = Fonts::bundled();
    let metrics = fonts.measure(&run("H")).unwrap();
    assert_eq!(metrics.ink.bottom(), 0.0);
    assert!((-metrics.ink.y - metrics.cap_height_px).abs() <= 1.0, "{metrics:?}");
    assert!(metrics.cap_height_px > metrics.x_height_px && metrics.ascent_px > metrics.cap_height_px);
    assert!(metrics.ink.x >= 0.0 && metrics.ink.right() <= metrics.advance_px.ceil());
}

#[test]
fn spaces_advance_the_pen_without_ink() {
    let mut fonts = Fonts::bundled();
    let metrics = fonts.measure(&run("  ")).unwrap();
    assert!(metrics.ink.is_empty() && metrics.advance_px > 1.0, "{metrics:?}");
    assert_eq!(fonts.measure(&run("")).unwrap().advance_px, 0.0);
}

#[test]
fn a_line_break_is_a_space() {
    let mut fonts = Fonts::bundled();
    let broken = fonts.measure(&run("ONE\nTWO")).unwrap();
    assert_eq!(broken, fonts.measure(&run("ONE TWO")).unwrap());
}

#[test]
fn an_unknown_family_names_the_known_ones() {
    let error = Fonts::bundled().measure(&TextRun { family: "Arial".to_owned(), ..run("A") }).unwrap_err();
    assert_eq!(error.to_string(), "no font family `Arial`; use one of: Barlow Condensed, Roboto Condensed");
}

#[test]
fn a_size_of_zero_or_no_number_is_refused() {
    let mut fonts = Fonts::bundled();
    for size_px in [0.0, -3.0, f32::NAN, f32::INFINITY, 4096.0] {
        let refused = fonts.measure(&TextRun { size_px, ..run("A") });
        assert!(matches!(refused, Err(TextError::Size { .. })), "{size_px}");
    }
}

#[test]
fn the_store_of_shaped_runs_stays_bounded_and_answers_the_same() {
    let mut fonts = Fonts::bundled();
    let before = fonts.measure(&run("n0")).unwrap();
    for n in 0..KEPT_RUNS + 10 {
        fonts.measure(&run(&format!("n{n}"))).unwrap();
    }
    assert!(fonts.young.len() + fonts.old.len() <= KEPT_RUNS);
    assert_eq!(fonts.measure(&run("n0")).unwrap(), before);
}

/// Where each glyph of a run begins, in the order of the eye.
fn places(fonts: &mut Fonts, run: &TextRun) -> Vec<f32> {
    let buffer = fonts.shape(run).unwrap();
    buffer.layout_runs().flat_map(|line| line.glyphs).map(|glyph| glyph.x).collect()
}

#[test]
fn tabular_digits_never_move_their_neighbours() {
    let mut fonts = Fonts::bundled();
    let faces: Vec<(String, u16)> = fonts
        .families
        .iter()
        .flat_map(|family| family.faces.iter().map(|face| (family.name.clone(), face.weights[0])))
        .collect();
    assert_eq!(faces.len(), 5);
    for (family, weight) in faces {
        // By the word for it, and by the feature.
        for (tabular, features) in [(true, vec![]), (false, vec![(*b"tnum", 1)])] {
            let text = |digits: [u32; 4]| {
                let [a, b, c, d] = digits;
                let text = format!("AV {a}{b}:{c}{d} To");
                TextRun { family: family.clone(), weight, tabular, features: features.clone(), ..run(&text) }
            };
            let first = places(&mut fonts, &text([0, 0, 0, 0]));
            for n in 0..10_000_u32 {
                // Every digit beside every other one, and the ends; all ten thousand would take a minute.
                if n % 7 != 0 {
                    continue;
                }
                let run = text([n / 1000, n / 100 % 10, n / 10 % 10, n % 10]);
                for (found, expected) in places(&mut fonts, &run).into_iter().zip(&first) {
                    assert!((found - expected).abs() < 1e-3, "{family} {weight} {}: {found}, not {expected}", run.text);
                }
            }
        }
    }
}

/// The families of a run's glyphs, in the order of the text.
fn families_of(fonts: &mut Fonts, run: &TextRun) -> Vec<String> {
    let buffer = fonts.shape(run).unwrap();
    let mut glyphs: Vec<(usize, String)> = buffer
        .layout_runs()
        .flat_map(|line| line.glyphs)
        .map(|glyph| (glyph.start, fonts.system.db().face(glyph.font_id).unwrap().families[0].0.clone()))
        .collect();
    glyphs.sort();
    glyphs.into_iter().map(|(_, family)| family).collect()
}

#[test]
fn a_character_that_the_font_lacks_is_drawn_with_one_that_has_it() {
    let mut fonts = Fonts::bundled();
    let found = families_of(&mut fonts, &run("AДعש渡🏀"));
    let expected = [
        "Barlow Condensed",
        "Roboto Condensed",
        "Noto Sans Arabic",
        "Noto Sans Hebrew",
        "Noto Sans CJK JP",
        "Noto Color Emoji",
    ];
    assert_eq!(found, expected);
}

#[test]
fn every_fallback_font_holds_what_it_is_there_for() {
    let every = |text: &str| assert_eq!(missing(text, "Barlow Condensed", None, 600), Vec::<char>::new(), "{text}");
    every("ĄĆĘŁŃÓŚŹŻąćęłńóśźż ČĎĚŇŘŠŤŮŽ ĞİŞ ŐŰ ÅÄÖ Ð Þ Œ ắ ệ ợ");
    every("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ άέήίόύώς АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ ЂЈЉЊЋЏ ЄІЇҐ");
    every("ابتثجحخدذرزسشصضطظعغفقكلمنهوي ءآأؤإئة پچژگ ٠١٢٣٤٥٦٧٨٩ אבגדהוזחטיכלמנסעפצקרשת");
    every("あいうえおアイウエオ渡邊雄太八村塁河村勇輝 、。「」ー 이정현 姚明 周琦");
    every("🏀🏒🔥🏆🥇🥈🥉👏💪🎉⭐❤️🇺🇸🇨🇦🇸🇮🇷🇸🇪🇸");
    assert_eq!(
        missing("A\u{17d4}B\u{17d4}\u{f3a}", "Barlow Condensed", None, 600),
        ['\u{17d4}', '\u{f3a}'],
        "each once"
    );
}

#[test]
fn a_character_that_no_font_has_is_an_empty_box_of_the_texts_own_font() {
    let mut fonts = Fonts::bundled();
    let odd = run("A\u{17d4}B");
    assert_eq!(families_of(&mut fonts, &odd), ["Barlow Condensed"; 3]);
    assert!(!fonts.measure(&run("\u{17d4}")).unwrap().ink.is_empty(), "it can be seen");
}

#[test]
fn arabic_and_hebrew_are_read_from_the_right_and_their_letters_are_joined() {
    let mut fonts = Fonts::bundled();
    assert!(fonts.measure(&run("الأهلي 84")).unwrap().is_rtl && fonts.measure(&run("הפועל")).unwrap().is_rtl);
    assert!(!fonts.measure(&run("84 الأهلي")).unwrap().is_colored);
    assert!(!fonts.measure(&run("NBA الأهلي")).unwrap().is_rtl, "the first letter decides");
    // Joined letters are narrower than the same letters alone, and tracking does not tear them apart.
    let alone: f32 = "مكابي".chars().map(|c| fonts.measure(&run(&c.to_string())).unwrap().advance_px).sum();
    let joined = fonts.measure(&run("مكابي")).unwrap().advance_px;
    assert!(joined < 0.9 * alone, "{joined} {alone}");
    let tracked = fonts.measure(&TextRun { tracking: 200.0, ..run("مكابي") }).unwrap().advance_px;
    assert_eq!(tracked, joined);
}

#[test]
fn emoji_have_colours_and_their_flags_are_one_sign() {
    let mut fonts = Fonts::bundled();
    assert!(fonts.measure(&run("🏀")).unwrap().is_colored && !fonts.measure(&run("A 12")).unwrap().is_colored);
    assert_eq!(places(&mut fonts, &run("🇸🇮")).len(), 1, "two letters, one flag");
}

/// The bundled emoji font has single signs and flags of two letters. Of the others, what they are made of is drawn, and
/// nothing of it twice or as an empty box.
#[test]
fn emoji_joined_of_several_are_drawn_as_what_they_are_made_of() {
    let mut fonts = Fonts::bundled();
    let mut wide = |text: &str| {
        let metrics = fonts.measure(&run(text)).unwrap();
        assert!(metrics.is_colored, "{text} is not drawn in Barlow's empty boxes");
        metrics.advance_px
    };
    let one = wide("👍");
    for (text, parts) in [
        // A tone of skin: the hand as it is, without a patch beside it; alone it is a patch.
        ("👍🏽", 1),
        ("🏽", 1),
        ("⛹🏿‍♀️", 2),
        // A region's flag: the black one.
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 1),
        // Families and professions: each of their signs.
        ("👨‍👩‍👧", 3),
        ("👩🏻‍🚀", 2),
        ("❤️‍🔥", 2),
        ("🇸🇮🇨🇦", 2),
    ] {
        assert!((wide(text) - parts as f32 * one).abs() < 0.01, "{text}: {} px, {one} each", wide(text));
        assert_eq!(missing(text, "Barlow Condensed", None, 600), Vec::<char>::new(), "{text}");
    }
}

#[test]
fn words_lie_side_by_side_and_cover_the_text() {
    let mut fonts = Fonts::bundled();
    for text in ["Most points off  the bench", " a-b c", "渡邊 雄太選手", "فريق الأهلي 84 نقطة", "NBA הפועל 7", "x", ""]
    {
        let words = fonts.words(&run(text)).unwrap();
        let (mut at, mut full_px) = (0, 0.0);
        for word in words.iter() {
            assert_eq!(word.range.start, at, "{text}");
            assert!(word.width_px <= word.full_px + 1e-3);
            (at, full_px) = (word.range.end, full_px + word.full_px);
        }
        assert_eq!(at, text.len(), "{text}");
        let advance = fonts.measure(&run(text)).unwrap().advance_px;
        assert!((full_px - advance).abs() < 0.5, "{text}: {full_px} px, not {advance}");
    }
}

#[test]
fn small_capitals_are_the_fonts_own_where_it_has_them() {
    let mut fonts = Fonts::bundled();
    let small = TextRun { small_caps: true, ..run("aH") };
    let sizes: Vec<f32> =
        fonts.shape(&small).unwrap().layout_runs().flat_map(|line| line.glyphs).map(|glyph| glyph.font_size).collect();
    assert_eq!(sizes, [40.0, 40.0], "a glyph of its own, not a smaller capital");
    let height = |fonts: &mut Fonts, run: &TextRun| -fonts.measure(run).unwrap().ink.y;
    let (tall, low) = (height(&mut fonts, &run("H")), height(&mut fonts, &TextRun { small_caps: true, ..run("h") }));
    assert!(low < 0.9 * tall && low > 0.6 * tall, "{low} {tall}");
}

#[test]
fn a_file_that_is_no_font_is_refused_for_what_it_is() {
    let whole = include_bytes!("../../fonts/BarlowCondensed_500Medium.ttf");
    assert_eq!(read_face(whole.to_vec()).unwrap().weights, [500, 500]);
    assert_eq!(read_face(whole[..whole.len() / 2].to_vec()).unwrap_err(), BadFont::CutOff);
    assert_eq!(read_face(b"wOF2 and more".to_vec()).unwrap_err(), BadFont::Web);
    assert_eq!(read_face(b"ttcf and more".to_vec()).unwrap_err(), BadFont::Collection);
    for bytes in [&b""[..], b"\0", b"<svg/>", b"\0\x01\0\0", b"OTTO\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"] {
        assert!(matches!(read_face(bytes.to_vec()), Err(BadFont::Other | BadFont::CutOff)), "{bytes:?}");
    }
}
