//! Small texts of the vendors: clocks, colours, fractions, percentages.

use crate::color::Rgb;

/// Longest clock that is believed: a day. Anything above is a mistake, and would overflow a template's box.
const MOST_MILLIS: u64 = 24 * 60 * 60 * 1000;

/// Milliseconds of a clock's text: `4:07`, `00:19.10`, `1:2.3` (a minute and 2.3 seconds), `00:15:00` (hours first),
/// `11.00`, `5`. `None` when it is none of these.
pub(super) fn clock_millis(text: &str) -> Option<u32> {
    let (whole, fraction) = match text.trim().split_once('.') {
        Some((whole, fraction)) => (whole, fraction_millis(fraction)?),
        None => (text.trim(), 0),
    };
    let mut seconds: u64 = 0;
    for (position, part) in whole.split(':').enumerate() {
        if position > 2 || part.len() > 4 {
            return None;
        }
        let number: u64 = digits(part)?;
        seconds = seconds * 60 + number;
    }
    let millis = seconds * 1000 + u64::from(fraction);
    u32::try_from(millis).ok().filter(|_| millis <= MOST_MILLIS)
}

/// Milliseconds of the digits after the point: `7` is 700, `05` is 50, `` is 0.
pub(super) fn fraction_millis(text: &str) -> Option<u32> {
    let text = text.trim();
    if text.is_empty() {
        return Some(0);
    }
    digits(text)?;
    let mut millis = 0;
    for position in 0..3 {
        millis = millis * 10 + text.as_bytes().get(position).map_or(0, |digit| u32::from(digit - b'0'));
    }
    Some(millis)
}

/// A number of ASCII digits and nothing else: no sign, no blank, not empty.
fn digits(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Digits beyond the eighteenth only ever follow a decimal point, where they do not count.
    text.get(..text.len().min(18))?.parse().ok()
}

/// `#rrggbb` from a colour as vendors write it.
pub(super) fn hex_color(text: &str) -> Option<String> {
    Rgb::tolerant(text).map(|color| color.to_string())
}

/// Both numbers of `3/7` or `3-7`.
pub(super) fn made_of_attempted(text: &str) -> Option<(u32, u32)> {
    let (made, attempted) = text.split_once(['/', '-'])?;
    Some((made.trim().parse().ok()?, attempted.trim().parse().ok()?))
}

/// 0-100 of `43%` or `42.9 %`.
pub(super) fn percentage(text: &str) -> Option<f64> {
    let number: f64 = text.trim().trim_end_matches('%').trim_end().parse().ok()?;
    (0.0..=100.0).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_read_in_every_form_that_was_seen() {
        let expected = [
            ("4:07", 247_000),
            ("00:22", 22_000),
            ("00:19.10", 19_100),
            ("12:30.0", 750_000),
            ("1:2.3", 62_300),
            ("00:15:00", 900_000),
            ("11.00", 11_000),
            ("4.5", 4_500),
            ("02.00", 2_000),
            ("0:00", 0),
        ];
        for (text, millis) in expected {
            assert_eq!(clock_millis(text), Some(millis), "{text}");
        }
    }

    #[test]
    fn what_is_no_clock_is_refused() {
        for text in ["", ":", "4:", "-1:00", "+4:07", "4:0x", "1:2:3:4", "99999:00", "9999:9999", "4:07.x", "٤:٠٧"] {
            assert_eq!(clock_millis(text), None, "{text}");
        }
    }

    #[test]
    fn colors_are_brought_to_one_form() {
        assert_eq!(hex_color("FFFFFF").as_deref(), Some("#ffffff"));
        assert_eq!(hex_color("#1D428A").as_deref(), Some("#1d428a"));
        assert_eq!(hex_color("#fa0").as_deref(), Some("#ffaa00"));
        assert_eq!(hex_color("white"), None);
    }

    #[test]
    fn fractions_and_percentages_are_read_as_displayed() {
        assert_eq!(made_of_attempted("3/7"), Some((3, 7)));
        assert_eq!(made_of_attempted("3-7"), Some((3, 7)));
        assert_eq!(made_of_attempted("3"), None);
        assert_eq!(percentage("43%"), Some(43.0));
        assert_eq!(percentage("-"), None);
    }
}
