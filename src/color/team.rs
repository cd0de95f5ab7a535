//! The colours of two teams on screen, from their jerseys or their brands.
//!
//! In: what is known of each team's colours, and what the operator chose. Out: a [`Palette`] for each, in which every text
//! reaches WCAG's 4.5 at the gradient's worst end, and the [`Clash`] where the two would have looked alike, with what was
//! done about it. Pure; nothing else works out a team's colours.

use std::fmt;
use std::iter;

use serde::{Deserialize, Serialize};

use super::legible::{self, GRADIENT_DARKER, GRADIENT_LIGHTER, SMALL_TEXT, shift_lightness, shown};
use super::vision::{Vision, clarity, confused_by, shows_on};
use super::{NotAColor, Oklch, Rgb, contrast, on_color};

/// A jersey this light and this grey is white: cream and silver are not.
const WHITE_LIGHTNESS: f64 = 0.93;
/// A jersey this dark and this grey is black: navy is not.
const BLACK_LIGHTNESS: f64 = 0.3;
const GREY_CHROMA: f64 = 0.03;

/// A white plate's lightness: its gradient stays short of video white, and it shows on a white background.
const WHITE_PLATE: f64 = 0.925;

/// How much darker the cell of the score is than its plate.
const SHADE: f64 = 0.12;

/// All colours of one team's graphics.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Palette {
    /// The plate. `light` and `dark` are the ends of its gradient.
    pub primary: Rgb,
    pub light: Rgb,
    pub dark: Rgb,
    /// Text on the plate, anywhere on its gradient.
    pub on_primary: Rgb,
    /// A darker cell in the plate, and text on it, up to the gradient's dark end: the plate's own, because a team has one
    /// ink.
    pub shade: Rgb,
    pub on_shade: Rgb,
    /// An edge that shows on the plate.
    pub border: Rgb,
    /// The accent, and text on it.
    pub secondary: Option<Rgb>,
    pub on_secondary: Option<Rgb>,
}

impl Palette {
    /// The plate's own colour, and what its gradient shows from top to bottom. A gradient is drawn between gamma-encoded
    /// values, so that its middle is not exactly the plate's own colour.
    fn seen(&self) -> [Rgb; 6] {
        let at = |share: f64| {
            let part =
                |light: u8, dark: u8| (f64::from(light) + (f64::from(dark) - f64::from(light)) * share).round() as u8;
            let (light, dark) = (self.light, self.dark);
            Rgb::new(part(light.r, dark.r), part(light.g, dark.g), part(light.b, dark.b))
        };
        [self.primary, self.light, at(0.25), at(0.5), at(0.75), self.dark]
    }
}

/// What is known of a team's colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Known {
    pub jersey: Option<Rgb>,
    /// The show file's.
    pub primary: Option<Rgb>,
    pub secondary: Option<Rgb>,
    /// What the show file has the team take when it is not told apart from the other.
    pub alternate: Option<Rgb>,
    /// Brand colours win over the jersey.
    pub prefers_brand: bool,
    pub choice: Choice,
}

/// What the operator has a team wear. As a text: "auto", "jersey", "brand", "alternate", or "#rrggbb".
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Choice {
    /// The jersey's colour, or the brand's where the show file prefers that; an alternate in a clash.
    #[default]
    Auto,
    Jersey,
    Brand,
    Alternate,
    Fixed(Rgb),
}

impl Choice {
    /// What a key goes on to: each of the choices without a colour of its own in turn.
    pub fn next(self) -> Self {
        match self {
            Choice::Auto => Choice::Jersey,
            Choice::Jersey => Choice::Brand,
            Choice::Brand => Choice::Alternate,
            Choice::Alternate | Choice::Fixed(_) => Choice::Auto,
        }
    }
}

impl From<Choice> for String {
    fn from(choice: Choice) -> Self {
        match choice {
            Choice::Auto => "auto".to_owned(),
            Choice::Jersey => "jersey".to_owned(),
            Choice::Brand => "brand".to_owned(),
            Choice::Alternate => "alternate".to_owned(),
            Choice::Fixed(color) => color.to_string(),
        }
    }
}

impl TryFrom<String> for Choice {
    type Error = NotAColor;

    fn try_from(text: String) -> Result<Self, NotAColor> {
        Ok(match text.as_str() {
            "auto" => Choice::Auto,
            "jersey" => Choice::Jersey,
            "brand" => Choice::Brand,
            "alternate" => Choice::Alternate,
            color => Choice::Fixed(color.parse()?),
        })
    }
}

/// Where a plate's colour comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    Jersey,
    Brand,
    Alternate,
    Operator,
}

impl Origin {
    pub fn name(self) -> &'static str {
        match self {
            Origin::Jersey => "jersey",
            Origin::Brand => "brand",
            Origin::Alternate => "alternate",
            Origin::Operator => "operator",
        }
    }
}

/// The colours of one team as they are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Worn {
    pub palette: Palette,
    pub origin: Origin,
    /// The colour that the palette was made from.
    pub base: Rgb,
}

impl Worn {
    /// How well this team is told from another, by what they wear and by their plates at any height alike: below 1 is a
    /// clash.
    pub fn clarity(&self, other: &Worn) -> f64 {
        self.beside(other).map(|(own, its)| clarity(own, its)).fold(f64::INFINITY, f64::min)
    }

    fn confused_by(&self, other: &Worn) -> Option<(Vision, f64)> {
        self.beside(other).find_map(|(own, its)| confused_by(own, its))
    }

    /// What a viewer sees of both teams beside each other: what they wear, and their plates from top to bottom.
    fn beside(&self, other: &Worn) -> impl Iterator<Item = (Rgb, Rgb)> + use<> {
        let plates = self.palette.seen().into_iter().zip(other.palette.seen());
        iter::once((self.base, other.base)).chain(plates)
    }
}

/// Two teams that would have looked alike.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Clash {
    /// What they wear.
    pub first: Rgb,
    pub second: Rgb,
    pub to: Vision,
    /// How far apart that viewer sees them, and how far is enough.
    pub difference: f64,
    /// The second team's plate now; `None` when it keeps its own, because the operator or the show file wants that or
    /// because nothing that it could take is clearer.
    pub taken: Option<Rgb>,
}

impl fmt::Display for Clash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, second, to, difference, .. } = self;
        write!(f, "{second} looks like {first} to {to} ({difference:.2} apart, {:.2} is enough)", to.clear())
    }
}

/// The colours of the first team (who keeps its own in a clash) and the second. `None` for a team of which nothing is
/// known. `keeps_clash` has the second team keep its own, too.
pub fn assign(first: &Known, second: &Known, keeps_clash: bool) -> ([Option<Worn>; 2], Option<Clash>) {
    let own = [first, second].map(|known| known.base().map(|(color, origin)| known.worn(color, origin)));
    let [Some(one), Some(two)] = own else { return (own, None) };
    let Some((to, difference)) = one.confused_by(&two) else { return (own, None) };
    let mut clash = Clash { first: one.base, second: two.base, to, difference, taken: None };
    if keeps_clash || second.choice != Choice::Auto {
        return (own, Some(clash));
    }
    let worn = second.candidates(two.base).map(|color| second.worn(color, Origin::Alternate));
    let best = worn.fold(None, |best: Option<Worn>, worn| {
        let clear = |worn: &Worn| one.clarity(worn).min(1.0);
        // The first that is clear is taken; without one the clearest.
        if best.as_ref().is_none_or(|best| clear(&worn) > clear(best)) { Some(worn) } else { best }
    });
    match best.filter(|best| one.clarity(best) > one.clarity(&two)) {
        Some(best) => {
            clash.taken = Some(best.palette.primary);
            ([own[0], Some(best)], Some(clash))
        }
        None => (own, Some(clash)),
    }
}

impl Known {
    /// The colour that the team wears when there is no other team, and where it comes from.
    fn base(&self) -> Option<(Rgb, Origin)> {
        let jersey = self.jersey.map(|color| (color, Origin::Jersey));
        let brand = self.primary.map(|color| (color, Origin::Brand));
        let usual = if self.prefers_brand { brand.or(jersey) } else { jersey.or(brand) };
        match self.choice {
            Choice::Auto => usual,
            Choice::Jersey => jersey.or(usual),
            Choice::Brand => brand.or(usual),
            Choice::Alternate => {
                let (own, _) = usual?;
                self.candidates(own).next().map(|color| (color, Origin::Alternate))
            }
            Choice::Fixed(color) => Some((color, Origin::Operator)),
        }
    }

    /// What the team may take in place of its own colour: what the show file names for that, its other colours, and at last
    /// its own hue much lighter or darker, and white.
    fn candidates(&self, own: Rgb) -> impl Iterator<Item = Rgb> + use<> {
        let hue = own.to_oklch();
        let chroma = hue.chroma.min(0.1);
        let at = |lightness: f64| shown(Oklch { lightness, chroma, ..hue });
        let other = [at(0.86), at(0.32)];
        let other = if hue.lightness > 0.6 { [other[1], other[0]] } else { other };
        let white = shown(Oklch { lightness: 1.0, chroma: 0.0, hue_degrees: 0.0 });
        let listed = [self.alternate, self.secondary, self.primary, self.jersey];
        let listed: Vec<Rgb> = listed.into_iter().flatten().chain(other).chain([white]).collect();
        let alternate = self.alternate;
        // Its own colour under another name is no alternative.
        listed.into_iter().filter(move |color| Some(*color) == alternate || confused_by(*color, own).is_none())
    }

    fn worn(&self, color: Rgb, origin: Origin) -> Worn {
        Worn { palette: self.palette(color), origin, base: color }
    }

    fn palette(&self, color: Rgb) -> Palette {
        let own = color.to_oklch();
        let is_grey = own.chroma <= GREY_CHROMA;
        let is_white = is_grey && own.lightness >= WHITE_LIGHTNESS;
        let plate = if is_white { shown(Oklch { lightness: WHITE_PLATE, ..own }) } else { color };
        let primary = legible::legible_plate(plate, GRADIENT_LIGHTER, GRADIENT_DARKER);
        let light = legible::light_end(primary);
        let dark = shift_lightness(primary, -GRADIENT_DARKER);
        // The other colours that say which team it is, the accent first.
        let marks = [self.secondary, self.primary, self.jersey, self.alternate];
        let mark = marks.into_iter().flatten().find(|mark| *mark != color && shows_on(*mark, primary));
        let brand =
            [self.primary, self.secondary].into_iter().flatten().find(|brand| brand.to_oklch().chroma > GREY_CHROMA);
        // White says nothing of the team: its name does, in the team's own colour.
        let on_primary = match brand.filter(|_| is_white) {
            Some(brand) => legible::ensure_contrast(brand, dark, SMALL_TEXT),
            None => on_color(primary),
        };
        let shade = shade(primary, on_primary);
        let is_black = is_grey && own.lightness <= BLACK_LIGHTNESS;
        // Black without an accent is outlined, or it is a hole in the picture.
        let outline = match primary.to_oklch().lightness {
            _ if is_black => 0.45,
            lightness if lightness > 0.6 => -0.3,
            _ => 0.3,
        };
        let border = mark.unwrap_or_else(|| shift_lightness(primary, outline));
        let secondary = self.secondary.filter(|secondary| shows_on(*secondary, primary)).or(mark);
        let secondary = secondary.map(|secondary| legible::legible_plate(secondary, 0.0, 0.0));
        let on_secondary = secondary.map(on_color);
        Palette { primary, light, dark, on_primary, shade, on_shade: on_primary, border, secondary, on_secondary }
    }
}

/// The plate's darker cell: as dark as the plate's own text allows, and no lighter than the gradient's dark end, where
/// that text can be read.
fn shade(primary: Rgb, on_primary: Rgb) -> Rgb {
    let steps = (0..5).map(|step| SHADE - f64::from(step) * 0.01).map(|by| shift_lightness(primary, -by));
    let readable = |shade: &Rgb| contrast(*shade, on_primary) >= SMALL_TEXT;
    steps.into_iter().find(readable).unwrap_or_else(|| shift_lightness(primary, -GRADIENT_DARKER))
}

#[cfg(test)]
mod tests;
