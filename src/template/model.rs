//! What a template is once read: types that cannot be wrong.
//!
//! Lengths and positions are in the pixels of the template's reference canvas, y down, relative to the parent's origin.

use std::sync::Arc;

use super::animate::{Keyframes, Presence, Transitions};
use super::expr::{Expr, Wanted};
use super::layout::{Item, Layout, Limits};
use super::lookup::Lookup;
use super::motion::{Easing, Length};
pub(crate) use super::props::{Bound, Prop};
use super::values::Source;
use crate::assets::{Fit as PictureFit, Picture};
use crate::court::Mark;
use crate::draw_list::{Cap, Color, FontFamily, Join, PathData};

/// One node and what is inside it.
#[derive(Debug)]
pub(crate) struct Node {
    /// Unique within the template; counts nodes in the order of the file.
    pub index: u32,
    /// As the designer named it, else its kind and a number; unique within the template.
    pub id: Arc<str>,
    pub x: Prop<f32>,
    pub y: Prop<f32>,
    /// What of the node stands at `x`, `y`, as shares of its size; only nodes with a size have one.
    pub anchor: [f32; 2],
    /// Needed by whatever is revealed or clipped.
    pub width: Option<Prop<f32>>,
    pub height: Option<Prop<f32>>,
    pub limits: Option<Box<Limits>>,
    /// How its children stand; `None` when each stands where it says itself.
    pub layout: Option<Box<Layout>>,
    /// How it stands in the layout around it; `None` when it stands at its `x`, `y`.
    pub item: Option<Box<Item>>,
    /// 0..=1.
    pub opacity: Prop<f32>,
    /// How it is turned and how large it is drawn; `None` when it is neither turned nor scaled, and nothing moves it.
    pub turn: Option<Box<Turn>>,
    /// What of the node stays where it is when it turns or is scaled, as shares of its size; one without a size turns
    /// about its `x`, `y`.
    pub pivot: [f32; 2],
    /// The node and its children are there only while this is true.
    pub when: Option<Arc<Expr>>,
    /// Whether they are while it is not known.
    pub is_there_unknown: bool,
    pub flash: Option<Flash>,
    /// How its values come to new ones.
    pub transitions: Option<Box<Transitions>>,
    pub keyframes: Option<Box<Keyframes>>,
    /// How it comes and goes.
    pub presence: Option<Box<Presence>>,
    /// What it is seen through: the alpha of this node, which is placed from the node's own origin.
    pub mask: Option<Box<Node>>,
    pub kind: Kind,
    pub children: Vec<Node>,
    /// Every expression in it, but not those of its children, nor those of a repeat's own list and key, and what its value
    /// must be. The reader notes each where it reads it.
    pub exprs: Vec<(Arc<Expr>, Wanted)>,
    /// What it and everything inside it reads from around it, sorted: while none of that changes it looks the same,
    /// unless it moves.
    pub reads: Vec<Source>,
    /// Whether the template's motion moves it.
    pub is_moved: bool,
    /// Whether the template's motion moves it or anything inside it.
    pub moves: bool,
    /// It is a repeat, or there is one inside it.
    pub repeats: bool,
}

impl Node {
    /// A node at its parent's origin that only holds others.
    pub fn holding(kind: Kind, children: Vec<Node>) -> Node {
        Node { children, ..Node::bare(0, Arc::default(), kind) }
    }

    /// A node at its parent's origin with nothing but its kind; what it reads is noted once the whole template is read.
    pub fn bare(index: u32, id: Arc<str>, kind: Kind) -> Self {
        Self {
            index,
            id,
            x: Prop::Fixed(0.0),
            y: Prop::Fixed(0.0),
            anchor: [0.0; 2],
            width: None,
            height: None,
            limits: None,
            layout: None,
            item: None,
            opacity: Prop::Fixed(1.0),
            turn: None,
            pivot: [0.5; 2],
            when: None,
            is_there_unknown: false,
            flash: None,
            transitions: None,
            keyframes: None,
            presence: None,
            mask: None,
            kind,
            children: Vec::new(),
            exprs: Vec::new(),
            reads: Vec::new(),
            is_moved: false,
            moves: false,
            repeats: false,
        }
    }
}

/// A node drawn otherwise than it lies in the layout, about its pivot.
#[derive(Debug)]
pub(crate) struct Turn {
    /// Degrees clockwise.
    pub rotate: Prop<f32>,
    /// A factor, from 0.
    pub scale: Prop<f32>,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Group { clip: Option<[f32; 4]> },
    Box(BoxNode),
    Text(Box<TextNode>),
    Path(Box<PathNode>),
    Image(ImageNode),
    Sprite(SpriteNode),
    Repeat(RepeatNode),
    Zone(Box<ZoneNode>),
    Court(Box<CourtNode>),
    Rink(Box<RinkNode>),
    Spot(SpotNode),
    Component(ComponentNode),
}

/// A use of a component; the component's nodes are its children.
#[derive(Debug)]
pub(crate) struct ComponentNode {
    /// In the order of the component's parameters.
    pub arguments: Vec<(Arc<str>, Argument)>,
}

#[derive(Debug)]
pub(crate) enum Argument {
    Fixed(minijinja::Value),
    /// The second is what it is while the expression has no value.
    Bound(Arc<Expr>, Option<minijinja::Value>),
}

#[derive(Debug)]
pub(crate) struct BoxNode {
    pub fill: Fill,
    /// Clockwise from the top left.
    pub corners: [f32; 4],
    pub border: Option<Stroke>,
    pub shadow: Option<ShadowNode>,
    pub inner_shadow: Option<ShadowNode>,
}

#[derive(Debug)]
pub(crate) enum Fill {
    Solid(Prop<Color>),
    /// In this direction, clockwise from "to the right": 0 and 1 are where the box's first and last corner lie.
    Linear {
        degrees: f32,
        stops: Vec<(f32, Prop<Color>)>,
    },
}

#[derive(Debug)]
pub(crate) struct Stroke {
    pub width: f32,
    pub color: Prop<Color>,
}

#[derive(Debug)]
pub(crate) struct ShadowNode {
    pub x: f32,
    pub y: f32,
    pub blur: f32,
    pub color: Prop<Color>,
}

#[derive(Debug)]
pub(crate) struct TextNode {
    pub text: Prop<String>,
    /// Shown when `text` has no value.
    pub default: Option<String>,
    pub font: Font,
    /// A gradient goes from the top of the first line's capitals to the last baseline, and from edge to edge.
    pub fill: Fill,
    /// Around the letters, behind them.
    pub outline: Option<Outline>,
    /// Of the letters with their outline.
    pub shadow: Option<ShadowNode>,
    pub align: Align,
    pub valign: VerticalAlign,
    pub case: Case,
    /// From baseline to baseline, in parts of the font's size.
    pub line_height: f32,
    pub fit: Option<Fit>,
    pub on_change: Change,
}

#[derive(Debug)]
pub(crate) struct Outline {
    /// How far it reaches beyond the letters.
    pub width: f32,
    pub join: Join,
    pub color: Prop<Color>,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Font {
    pub family: String,
    /// Its fonts, when the template or its package brings them along.
    pub own: Option<Arc<FontFamily>>,
    /// 100..=900.
    pub weight: u16,
    pub size: f32,
    /// Thousandths of an em.
    pub tracking: f32,
    pub is_tabular: bool,
    /// OpenType features with their values.
    pub features: Vec<([u8; 4], u32)>,
}

/// What becomes of small and capital letters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Case {
    AsWritten,
    Upper,
    Lower,
    SmallCaps,
}

/// Which part of the text stands at the node's x.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Align {
    Left,
    Center,
    Right,
    /// The side from which the text is read: left, or right for Arabic and Hebrew.
    Start,
    /// The other one.
    End,
}

/// What of the text stands at the node's y.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum VerticalAlign {
    /// The middle of its capitals; of several lines, the middle between the first one's capitals' tops and the last one's
    /// baseline.
    Cap,
    /// Of the first line.
    Baseline,
    /// The tops of the first line's capitals.
    Top,
    /// The last line's baseline.
    Bottom,
}

/// How a text is made to fit a width: rules in order, each only as far as needed.
#[derive(Debug)]
pub(crate) struct Fit {
    /// The node's own when absent.
    pub width: Option<Prop<f32>>,
    pub rules: Vec<FitRule>,
}

#[derive(Debug)]
pub(crate) enum FitRule {
    /// Narrower glyphs, down to this part of their width.
    Squeeze(f32),
    /// A smaller size, down to this part of it.
    Shrink(f32),
    /// Another, shorter text, to which the rules before this one apply again.
    Replace(Prop<String>),
    /// So many lines at most, those that are written among them.
    Wrap {
        lines: usize,
        /// Lines as even as can be, instead of filled one after the other.
        is_balanced: bool,
    },
    Ellipsis,
}

/// How a text changes on air.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Change {
    Cut,
    /// Characters that differ roll upwards, each in its column.
    Roll {
        length: Length,
        ease: Easing,
    },
    Crossfade {
        length: Length,
        ease: Easing,
    },
    /// The old one folds flat, the new one unfolds.
    Flip {
        length: Length,
        ease: Easing,
    },
    /// A number counts up or down to the new one; anything else is cut.
    Count {
        length: Length,
        ease: Easing,
    },
}

/// The node is seen only for a moment after a value changed.
#[derive(Debug)]
pub(crate) struct Flash {
    pub on: Arc<Expr>,
    /// Opacity at the moment of the change, fading to 0.
    pub peak: f32,
    pub length: Length,
    pub ease: Easing,
}

#[derive(Debug)]
pub(crate) struct PathNode {
    /// Its outline; one that is bound is made while the graphic is on air.
    pub path: Prop<Arc<PathData>>,
    /// In millimetres on the court or the rink around it, from here; else in reference pixels from the node's origin.
    pub from_mm: Option<Prop<String>>,
    pub fill: Option<Prop<Color>>,
    pub stroke: Option<Line>,
}

/// A stroke with all that a path's can have.
#[derive(Debug)]
pub(crate) struct Line {
    pub stroke: Stroke,
    pub cap: Cap,
    pub join: Join,
    /// Lengths of dashes and gaps in turn, of an even number; empty for an unbroken line.
    pub dash: Vec<f32>,
    /// How far into the dashes the line begins.
    pub dash_offset: Prop<f32>,
    /// The part of its length that is drawn, from and to, 0..=1.
    pub trim: [Prop<f32>; 2],
    /// It grows from nothing at its beginning to its width at its end.
    pub is_tapered: bool,
}

/// A picture in the node's rectangle.
#[derive(Debug)]
pub(crate) struct ImageNode {
    pub source: ImageSource,
    pub placing: Placing,
    /// Multiplied with the picture.
    pub tint: Option<Prop<Color>>,
}

#[derive(Debug)]
pub(crate) enum ImageSource {
    Fixed(Arc<Picture>),
    Lookup(Lookup),
}

/// How a picture lies in its rectangle.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Placing {
    pub fit: PictureFit,
    /// The share of the spare room that is left and above.
    pub align: [f32; 2],
}

/// Pictures shown one after the other, from the moment at which the node appears.
#[derive(Debug)]
pub(crate) struct SpriteNode {
    /// At least one.
    pub pictures: Vec<Arc<Picture>>,
    /// Pictures in a second, as a fraction: 30000 / 1001.
    pub rate: [u32; 2],
    /// Over and over; otherwise the last one stays.
    pub is_looped: bool,
    pub placing: Placing,
    pub tint: Option<Prop<Color>>,
}

/// Items that one repeat shows at most: a team's shots of the longest game, and no thousands of rows by a slip in an
/// expression.
pub(crate) const MAX_ROWS: usize = 256;

/// Rows that repeats within one another show in all: both teams, twenty players each, with as many figures as have room. Three
/// lists of 256 in one another would be millions, and no frame would ever be done.
pub(crate) const MAX_NESTED_ROWS: usize = 2048;

#[derive(Debug)]
pub(crate) struct RepeatNode {
    pub over: Arc<Expr>,
    /// The name of the current item in the children's expressions.
    pub name: Arc<str>,
    /// `<name>_index`, which counts from 0.
    pub index_name: Arc<str>,
    /// An item's identity, so that its state follows it when the list changes; its index when absent.
    pub key: Option<Arc<Expr>>,
    /// It is what a node's own `key` stands for: its one row is the node, and nothing is named.
    pub is_of_node: bool,
    pub dx: f32,
    pub dy: f32,
}

/// One of the 14 shot zones; its children are placed from the point where its figures belong.
#[derive(Debug)]
pub(crate) struct ZoneNode {
    pub number: Arc<Expr>,
    /// `None` when it lies on the court around it.
    pub frame: Option<CourtFrame>,
    pub fill: Option<Prop<Color>>,
    pub stroke: Option<Stroke>,
    /// Diagonal hatching over the fill.
    pub hatch: Option<Hatch>,
}

#[derive(Debug)]
pub(crate) struct Hatch {
    pub when: Option<Arc<Expr>>,
    pub gap: f32,
    pub stroke: Stroke,
}

/// A court, and the place for what stands on it: its children.
#[derive(Debug)]
pub(crate) struct CourtNode {
    /// `None` when it lies like the court around it.
    pub frame: Option<CourtFrame>,
    /// The whole surface, and the lanes.
    pub floor: Option<Prop<Color>>,
    pub paint: Option<Prop<Color>>,
    pub stroke: Option<Stroke>,
    /// The lines that are drawn.
    pub marks: Vec<Mark>,
}

/// A rink, and the place for what stands on it: its children.
#[derive(Debug)]
pub(crate) struct RinkNode {
    pub frame: CourtFrame,
    pub ice: Option<Prop<Color>>,
    pub crease: Option<Prop<Color>>,
    /// Of the lines that are red and blue; those of the boards when absent.
    pub red: Option<Prop<Color>>,
    pub blue: Option<Prop<Color>>,
    /// The boards, and how thick lines are; without it nothing but the ice is drawn.
    pub stroke: Option<Stroke>,
}

/// A place on the court or the rink around it.
#[derive(Debug)]
pub(crate) struct SpotNode {
    /// In millimetres: x, y.
    pub at: [Prop<f32>; 2],
    /// Where millimetres count from, by its name.
    pub from: Prop<String>,
}

/// How a court or a rink lies in the picture.
#[derive(Debug)]
pub(crate) struct CourtFrame {
    pub league: Prop<String>,
    /// From side line to side line, in reference pixels.
    pub width: Prop<f32>,
    /// The side of the picture at which the basket that is attacked stands, by its name.
    pub basket: Prop<String>,
    /// How far up from the hoop it is shown; the half-court line when absent.
    pub depth_mm: Option<f32>,
    /// The whole of it is shown.
    pub is_full: bool,
}
