//! What expressions can do beyond minijinja's own filters: clocks, ordinals, initials, percentages and colours.

use minijinja::{Error, ErrorKind, Value};

use super::budget::go_through;
use super::builtins::Language;
use super::{color, shots};
use crate::color::legible::{GRADIENT_DARKER, GRADIENT_LIGHTER};
use crate::draw_list::Color;

macro_rules! own {
    ($language:ident: $($name:literal = $function:expr;)*) => {
        $(
            $language.engine.add_filter($name, $function);
            $language.known.filters.push($name);
        )*
    };
}

pub(super) fn add_to(language: &mut Language) {
    own! { language:
        "clock" = clock;
        "ordinal" = ordinal;
        "initial" = initial;
        "pct" = pct;
        "fixed" = fixed;
        "signed" = signed;
        "feet" = feet;
        "height" = height;
        "possessive" = possessive;
        "plural" = plural;
        "on_color" = |plate: &str| Ok::<_, Error>(color::print(color::text_on(read(plate)?)));
        "plate" = |plate: &str| {
        Ok::<_, Error>(color::print(color::legible_plate(read(plate)?, GRADIENT_LIGHTER, GRADIENT_DARKER)))
    };
        "lighten" = |c: &str, by: f32| {
        Ok::<_, Error>(color::print(color::shift_lightness(read(c)?, by / 100.0)))
    };
        "darken" = |c: &str, by: f32| {
        Ok::<_, Error>(color::print(color::shift_lightness(read(c)?, -by / 100.0)))
    };
        "mix" = |c: &str, with: &str, by: f32| {
        Ok::<_, Error>(color::print(color::mix(read(c)?, read(with)?, (by / 100.0).clamp(0.0, 1.0))))
    };
        "alpha" = |c: &str, percent: f32| {
        Ok::<_, Error>(color::print(Color { a: (percent / 100.0).clamp(0.0, 1.0), ..read(c)? }))
    };
        "contrast" = |c: &str, with: &str| {
        Ok::<_, Error>(f64::from(color::contrast(read(c)?, read(with)?)))
    };
        "ensure_contrast" = |c: &str, with: &str, least: Option<f32>| {
        Ok::<_, Error>(color::print(color::ensure_contrast(read(c)?, read(with)?, least.unwrap_or(4.5))))
    };
        "ramp" = ramp;
        "above" = |zones: Value, averages: Value| {
            go_through(&zones).and_then(|()| go_through(&averages)).and_then(|()| shots::above(&zones, &averages))
        };
        "by_zone" = |list: Value, league: Option<String>| {
            go_through(&list).and_then(|()| shots::by_zone(&list, league.as_deref()))
        };
        "having" = |list: Value, attribute: &str, wanted: Value| {
            go_through(&list).and_then(|()| shots::having(&list, attribute, &wanted))
        };
    }
}

fn read(text: &str) -> Result<Color, Error> {
    color::parse(text)
        .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("`{text}` is not a colour; write `#rrggbb`")))
}

/// Milliseconds as a game clock: "4:07" from a minute up, "21.7" below, rounded down to what it shows.
fn clock(millis: u32) -> String {
    if millis >= 60_000 {
        format!("{}:{:02}", millis / 60_000, millis / 1000 % 60)
    } else {
        format!("{}.{}", millis / 1000, millis / 100 % 10)
    }
}

/// 1 becomes "1st", 12 "12th".
fn ordinal(n: u32) -> String {
    let ending = match (n % 100, n % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

/// "Kevin" becomes "K."; an empty name stays empty.
fn initial(name: &str) -> String {
    name.trim().chars().next().map_or(String::new(), |first| format!("{}.", first.to_uppercase()))
}

/// 45.65 becomes "46%", with `digits` 1 "45.7%".
fn pct(percent: f64, digits: Option<usize>) -> String {
    format!("{}%", fixed(percent, digits))
}

/// Exactly so many decimals (none unless told), halves away from zero.
fn fixed(n: f64, digits: Option<usize>) -> String {
    let digits = digits.unwrap_or(0).min(6);
    let unit = 10f64.powi(digits as i32);
    let rounded = (n * unit).round() / unit;
    format!("{:.digits$}", if rounded == 0.0 { 0.0 } else { rounded })
}

/// 7 becomes "+7", -7 "−7" with a real minus sign.
fn signed(n: f64) -> String {
    let size = fixed(n.abs(), None);
    match n {
        n if n > 0.0 => format!("+{size}"),
        n if n < 0.0 => format!("\u{2212}{size}"),
        _ => size,
    }
}

/// Millimetres as "24 ft", with `digits` 1 "23.8 ft".
fn feet(millimetres: f64, digits: Option<usize>) -> String {
    format!("{} ft", fixed(millimetres / 304.8, digits))
}

/// Millimetres as a person's height, to the nearest inch: 2083 becomes "6\u{2032}10\u{2033}".
fn height(millimetres: f64) -> String {
    let inches = (millimetres / 25.4).round() as i64;
    format!("{}\u{2032}{}\u{2033}", inches / 12, inches % 12)
}

/// "Knicks" becomes "Knicks\u{2019}", "Heat" "Heat\u{2019}s"; an empty name stays empty.
fn possessive(name: &str) -> String {
    match name.trim_end().chars().next_back() {
        None => String::new(),
        Some('s' | 'S' | 'x' | 'X' | 'z' | 'Z') => format!("{}\u{2019}", name.trim_end()),
        Some(last) if last.is_uppercase() => format!("{}\u{2019}S", name.trim_end()),
        Some(_) => format!("{}\u{2019}s", name.trim_end()),
    }
}

/// The word for so many: `1 | plural('foul')` is "foul", `2 | plural('foul')` "fouls", `2 | plural('man', 'men')` "men".
fn plural(n: f64, one: &str, many: Option<&str>) -> String {
    if n.abs() == 1.0 {
        return one.to_owned();
    }
    if let Some(many) = many {
        return many.to_owned();
    }
    let lower = one.to_lowercase();
    let stem = |drop: usize| one.chars().take(one.chars().count() - drop).collect::<String>();
    let is_upper = one.chars().count() > 1 && one.chars().all(|c| !c.is_lowercase());
    let ending = |ending: &str| if is_upper { ending.to_uppercase() } else { ending.to_owned() };
    let before_y = lower.strip_suffix('y').and_then(|rest| rest.chars().next_back());
    if before_y.is_some_and(|c| !"aeiou".contains(c)) {
        format!("{}{}", stem(1), ending("ies"))
    } else if ["s", "x", "z", "ch", "sh"].iter().any(|hiss| lower.ends_with(hiss)) {
        format!("{one}{}", ending("es"))
    } else {
        format!("{one}{}", ending("s"))
    }
}

/// A number on a ramp of colours: `pct | ramp([30, 45, 60], ['#2166ac', '#dddddd', '#d6604d'])`. Constant beyond the
/// ends, mixed evenly to the eye between two points.
fn ramp(n: f64, points: Vec<f64>, colors: Vec<String>) -> Result<String, Error> {
    let wrong = |message: &str| Error::new(ErrorKind::InvalidOperation, message.to_owned());
    if points.len() != colors.len() || points.is_empty() {
        return Err(wrong("`ramp` needs as many colours as points, at least one"));
    }
    if points.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(wrong("`ramp` needs its points in rising order"));
    }
    let colors = colors.iter().map(|c| read(c)).collect::<Result<Vec<_>, _>>()?;
    let after = points.partition_point(|point| *point <= n);
    let mixed = match after {
        0 => colors[0],
        after if after == points.len() => colors[after - 1],
        after => {
            let (low, high) = (points[after - 1], points[after]);
            color::mix(colors[after - 1], colors[after], ((n - low) / (high - low)) as f32)
        }
    };
    Ok(color::print(mixed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_what_viewers_read() {
        assert_eq!((clock(247_999), clock(60_000), clock(59_999)), ("4:07".into(), "1:00".into(), "59.9".into()));
        assert_eq!(
            [1, 2, 3, 4, 11, 12, 13, 21, 112].map(ordinal).join(" "),
            "1st 2nd 3rd 4th 11th 12th 13th 21st 112th"
        );
        assert_eq!(
            (pct(45.65, None), pct(45.65, Some(1)), fixed(-0.4, None)),
            ("46%".into(), "45.7%".into(), "0".into())
        );
        assert_eq!((signed(7.0), signed(-7.0), signed(0.0)), ("+7".into(), "\u{2212}7".into(), "0".into()));
        assert_eq!((initial("kevin"), initial("")), ("K.".into(), String::new()));
    }

    #[test]
    fn lengths_are_told_in_feet() {
        assert_eq!((feet(7239.0, None), feet(7239.0, Some(1))), ("24 ft".into(), "23.8 ft".into()));
        assert_eq!(
            [1905.0, 2083.0, 2134.0].map(height).join(" "),
            "6\u{2032}3\u{2033} 6\u{2032}10\u{2033} 7\u{2032}0\u{2033}"
        );
    }

    #[test]
    fn names_own_things_as_newspapers_write_it() {
        let names = ["Nets", "Heat", "KNICKS", "HEAT", "Jazz", ""];
        assert_eq!(
            names.map(possessive).join(" "),
            "Nets\u{2019} Heat\u{2019}s KNICKS\u{2019} HEAT\u{2019}S Jazz\u{2019} "
        );
    }

    #[test]
    fn words_are_counted() {
        let many = |n: f64| {
            ["foul", "TIMEOUT", "penalty", "play", "bench", "PENALTY"].map(|word| plural(n, word, None)).join(" ")
        };
        assert_eq!(many(1.0), "foul TIMEOUT penalty play bench PENALTY");
        assert_eq!(many(0.0), "fouls TIMEOUTS penalties plays benches PENALTIES");
        assert_eq!(plural(2.0, "man", Some("men")), "men");
    }

    #[test]
    fn a_ramp_is_constant_beyond_its_ends() {
        let at = |n| ramp(n, vec![30.0, 60.0], vec!["#000000".into(), "#ffffff".into()]).unwrap();
        assert_eq!(
            (at(0.0), at(30.0), at(60.0), at(99.0)),
            ("#000000".into(), "#000000".into(), "#ffffff".into(), "#ffffff".into())
        );
        assert!(ramp(1.0, vec![2.0, 1.0], vec!["#000".into(), "#fff".into()]).is_err());
    }
}
