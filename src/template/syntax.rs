//! What an expression is made of, told before it is ever evaluated.
//!
//! In: the text between `{{` and `}}`. Out: the paths that it reads and where each name of them stands, whatever branch
//! they are in; its branches; and the same expression in words whose cost is counted ([`super::budget`]). A filter or a
//! test that there is not is a mistake here, at its own column, not when its branch is taken.
//!
//! The engine's parser is used as it is: its tree is not a stable interface, which is why its version is pinned.

use std::fmt::{self, Write};

use minijinja::machinery::ast::{BinOpKind, CallArg, CompareOpKind, Expr, IfExpr, Slice, UnaryOpKind};
use minijinja::machinery::{Span, parse_expr};
use minijinja::value::{Value, ValueKind};

use super::builtins::{CONCAT, FUNCTIONS, HELD, Known, TIMES};
use super::problem::suggestion;

/// Longer than any expression that a person reads: what can be written bounds what can be asked for.
const MAX_CHARACTERS: usize = 4000;

/// A dotted path: names that are written out, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    /// "home.stats.points"
    pub text: String,
    /// Where each of its names stands, in characters from the start of the string.
    pub offsets: Vec<u32>,
}

/// An expression, taken apart.
#[derive(Debug)]
pub(super) struct Syntax {
    /// In the order in which they are written.
    pub paths: Vec<Path>,
    /// What is evaluated only when the value before it says so: right sides of `and` and `or`, both sides of an `if`.
    pub branches: Vec<String>,
    /// The expression, its operators counted.
    pub counted: String,
}

/// Why a text is no expression.
#[derive(Debug)]
pub(super) struct Wrong {
    /// Characters from its start.
    pub offset: u32,
    pub message: String,
    pub help: Option<String>,
}

/// Takes an expression apart.
pub(super) fn read(code: &str, known: &Known) -> Result<Syntax, Wrong> {
    let wrong = |offset, message| Wrong { offset, message, help: None };
    if code.chars().count() > MAX_CHARACTERS {
        return Err(wrong(
            0,
            format!("an expression may have {MAX_CHARACTERS} characters; give its parts names in `let`"),
        ));
    }
    let tree = parse_expr(code).map_err(|error| {
        let offset = error.range().map_or(0, |range| characters(code, range.start));
        wrong(offset, format!("`{code}` is not an expression: {}", error.detail().unwrap_or("syntax error")))
    })?;
    let mut walk = Walk {
        code,
        known,
        syntax: Syntax { paths: Vec::new(), branches: Vec::new(), counted: String::new() },
        wrong: None,
    };
    walk.expr(&tree);
    match walk.wrong {
        Some(wrong) => Err(wrong),
        None => Ok(Syntax { counted: Counted(&tree).to_string(), ..walk.syntax }),
    }
}

fn characters(code: &str, bytes: usize) -> u32 {
    code.get(..bytes).map_or(0, |before| before.chars().count() as u32)
}

struct Walk<'a> {
    code: &'a str,
    known: &'a Known,
    syntax: Syntax,
    /// The first mistake.
    wrong: Option<Wrong>,
}

impl Walk<'_> {
    fn expr(&mut self, expr: &Expr<'_>) {
        if let Some(names) = path(expr) {
            self.path(&names);
            return;
        }
        match expr {
            Expr::Var(_) | Expr::Const(_) => {}
            Expr::GetAttr(attr) => self.expr(&attr.expr),
            Expr::GetItem(item) => [&item.expr, &item.subscript_expr].into_iter().for_each(|part| self.expr(part)),
            Expr::Slice(slice) => {
                self.expr(&slice.expr);
                [&slice.start, &slice.stop, &slice.step].into_iter().flatten().for_each(|part| self.expr(part));
            }
            Expr::UnaryOp(op) => self.expr(&op.expr),
            Expr::BinOp(op) => {
                self.expr(&op.left);
                if matches!(op.op, BinOpKind::ScAnd | BinOpKind::ScOr) {
                    self.branch(&op.right);
                } else {
                    self.expr(&op.right);
                }
            }
            Expr::Compare(compare) => {
                self.expr(&compare.expr);
                compare.ops.iter().for_each(|op| self.expr(&op.expr));
            }
            Expr::IfExpr(choice) => self.choice(choice),
            Expr::Filter(filter) => {
                filter.expr.iter().for_each(|expr| self.expr(expr));
                self.filter_name(filter.name, filter.span().start_offset);
                self.named_in_args(filter.name, &filter.args);
                self.args(&filter.args);
            }
            Expr::Test(test) => {
                self.expr(&test.expr);
                self.test_name(test.name, test.span().start_offset);
                self.args(&test.args);
            }
            Expr::Call(call) => {
                self.expr(&call.expr);
                self.args(&call.args);
            }
            Expr::List(list) => list.items.iter().for_each(|item| self.expr(item)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.expr(item)),
            Expr::Map(map) => map.keys.iter().chain(&map.values).for_each(|part| self.expr(part)),
        }
    }

    /// In the order in which it is written: `a if b else c`.
    fn choice(&mut self, choice: &IfExpr<'_>) {
        self.branch(&choice.true_expr);
        self.expr(&choice.test_expr);
        choice.false_expr.iter().for_each(|expr| self.branch(expr));
    }

    fn branch(&mut self, expr: &Expr<'_>) {
        if !matches!(expr, Expr::Const(_)) {
            self.syntax.branches.push(Counted(expr).to_string());
        }
        self.expr(expr);
    }

    fn args(&mut self, args: &[CallArg<'_>]) {
        for arg in args {
            match arg {
                CallArg::Pos(expr) | CallArg::Kwarg(_, expr) | CallArg::PosSplat(expr) | CallArg::KwargSplat(expr) => {
                    self.expr(expr);
                }
            }
        }
    }

    fn path(&mut self, names: &[(String, u32)]) {
        if names.first().is_some_and(|(root, _)| FUNCTIONS.contains(&root.as_str())) {
            return;
        }
        let text = names.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(".");
        if self.syntax.paths.iter().all(|known| known.text != text) {
            let offsets = names.iter().map(|(_, bytes)| characters(self.code, *bytes as usize)).collect();
            self.syntax.paths.push(Path { text, offsets });
        }
    }

    /// Filters that are named by a text: `map('upper')`, `select('odd')`.
    fn named_in_args(&mut self, filter: &str, args: &[CallArg<'_>]) {
        let named = |at: usize| match args.get(at) {
            Some(CallArg::Pos(Expr::Const(name))) => {
                name.value.as_str().map(|text| (text.to_owned(), name.span().start_offset + 1))
            }
            _ => None,
        };
        match filter {
            "map" => named(0).into_iter().for_each(|(name, at)| self.filter_name(&name, at)),
            "select" | "reject" => named(0).into_iter().for_each(|(name, at)| self.test_name(&name, at)),
            "selectattr" | "rejectattr" => named(1).into_iter().for_each(|(name, at)| self.test_name(&name, at)),
            _ => {}
        }
    }

    fn filter_name(&mut self, name: &str, bytes: u32) {
        if !self.known.filters.contains(&name) {
            self.unknown("filter", name, bytes, &self.known.filters);
        }
    }

    fn test_name(&mut self, name: &str, bytes: u32) {
        if !self.known.tests.contains(&name) && !self.known.operators.contains(&name) {
            self.unknown("test", name, bytes, &self.known.tests);
        }
    }

    fn unknown(&mut self, kind: &str, name: &str, bytes: u32, known: &[&'static str]) {
        let help = Some(suggestion(name, known.iter().copied()));
        let offset = characters(self.code, bytes as usize);
        self.wrong.get_or_insert(Wrong { offset, message: format!("there is no {kind} `{name}`"), help });
    }
}

/// The names of a path and where they stand, in bytes; `None` for what is more than names. `a['b']` is `a.b`.
fn path(expr: &Expr<'_>) -> Option<Vec<(String, u32)>> {
    let end = |span: Span, name: &str| span.end_offset.saturating_sub(name.len() as u32);
    match expr {
        Expr::Var(name) => Some(vec![(name.id.to_owned(), name.span().start_offset)]),
        Expr::GetAttr(attr) => {
            let mut names = path(&attr.expr)?;
            names.push((attr.name.to_owned(), end(attr.span(), attr.name)));
            Some(names)
        }
        Expr::GetItem(item) => {
            let Expr::Const(key) = &item.subscript_expr else { return None };
            let name = key.value.as_str().filter(|name| !name.is_empty() && !name.contains('.'))?;
            let mut names = path(&item.expr)?;
            names.push((name.to_owned(), key.span().start_offset + 1));
            Some(names)
        }
        _ => None,
    }
}

/// An expression in words whose cost is counted: `a * b` and `a ~ b` as filters that first look at what would come of them,
/// `+` and `in` with a filter that looks at what they have to do with. It means the same.
struct Counted<'a>(&'a Expr<'a>);

impl fmt::Display for Counted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Expr::UnaryOp(op) => match op.op {
                UnaryOpKind::Not => write!(f, "not {}", Atom(&op.expr)),
                UnaryOpKind::Neg => write!(f, "-{}", Atom(&op.expr)),
            },
            Expr::BinOp(op) => match op.op {
                BinOpKind::Mul => write!(f, "{}|{TIMES}({})", Filtered(&op.left), Counted(&op.right)),
                BinOpKind::In => write!(f, "{} in {}|{HELD}", Atom(&op.left), Filtered(&op.right)),
                BinOpKind::Concat => {
                    let (first, others) = joined(self.0);
                    write!(f, "{}|{CONCAT}(", Filtered(first))?;
                    others.into_iter().try_for_each(|other| write!(f, "{},", Counted(other)))?;
                    f.write_str(")")
                }
                BinOpKind::Add => {
                    f.write_str("(")?;
                    chain(f, self.0, op.op)?;
                    write!(f, ")|{HELD}")
                }
                kind => chain(f, self.0, kind),
            },
            Expr::Compare(compare) => {
                write!(f, "{}", Atom(&compare.expr))?;
                compare.ops.iter().try_for_each(|op| write!(f, " {} {}", comparison(op.op), Atom(&op.expr)))
            }
            Expr::IfExpr(choice) => {
                write!(f, "{} if {}", Atom(&choice.true_expr), Atom(&choice.test_expr))?;
                choice.false_expr.iter().try_for_each(|expr| match expr {
                    // However many there are, they are not in one another.
                    Expr::IfExpr(_) => write!(f, " else {}", Counted(expr)),
                    expr => write!(f, " else {}", Atom(expr)),
                })
            }
            Expr::Filter(filter) => {
                let Some(expr) = &filter.expr else { return Err(fmt::Error) };
                write!(f, "{}|{}", Filtered(expr), filter.name)?;
                args(f, &filter.args)
            }
            Expr::Test(test) => {
                write!(f, "{} is {}", Filtered(&test.expr), test.name)?;
                args(f, &test.args)
            }
            atom => write!(f, "{}", Atom(atom)),
        }
    }
}

/// What `a ~ b ~ c` joins.
fn joined<'a>(expr: &'a Expr<'a>) -> (&'a Expr<'a>, Vec<&'a Expr<'a>>) {
    match expr {
        Expr::BinOp(op) if matches!(op.op, BinOpKind::Concat) => {
            let (first, mut others) = joined(&op.left);
            others.push(&op.right);
            (first, others)
        }
        expr => (expr, Vec::new()),
    }
}

/// What the same operator joins, without brackets: the left side of one is what the next one goes on from.
fn chain(f: &mut fmt::Formatter<'_>, expr: &Expr<'_>, kind: BinOpKind) -> fmt::Result {
    match expr {
        Expr::BinOp(op) if operator(op.op) == operator(kind) && is_chained(kind) => {
            chain(f, &op.left, kind)?;
            write!(f, " {} {}", operator(kind), Atom(&op.right))
        }
        Expr::BinOp(op) if operator(op.op) == operator(kind) => {
            write!(f, "{} {} {}", Atom(&op.left), operator(kind), Atom(&op.right))
        }
        expr => write!(f, "{}", Atom(expr)),
    }
}

/// Comparisons are not: `a < b < c` is another thing than `(a < b) < c`.
fn is_chained(kind: BinOpKind) -> bool {
    matches!(kind, BinOpKind::Add | BinOpKind::Sub | BinOpKind::ScAnd | BinOpKind::ScOr)
}

/// What a filter or a test can follow: what is filtered already needs no brackets.
struct Filtered<'a>(&'a Expr<'a>);

impl fmt::Display for Filtered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Expr::Filter(_) => write!(f, "{}", Counted(self.0)),
            Expr::BinOp(op) if matches!(op.op, BinOpKind::Mul | BinOpKind::Add | BinOpKind::Concat) => {
                write!(f, "{}", Counted(self.0))
            }
            other => write!(f, "{}", Atom(other)),
        }
    }
}

/// What stands by itself, in brackets where it has to.
struct Atom<'a>(&'a Expr<'a>);

impl fmt::Display for Atom<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Expr::Var(name) => f.write_str(name.id),
            Expr::Const(constant) => literal(f, &constant.value),
            Expr::GetAttr(attr) => write!(f, "{}.{}", Atom(&attr.expr), attr.name),
            Expr::GetItem(item) => write!(f, "{}[{}]", Atom(&item.expr), Counted(&item.subscript_expr)),
            Expr::Slice(slice) => sliced(f, slice),
            Expr::Call(call) => {
                write!(f, "{}", Atom(&call.expr))?;
                f.write_str("(")?;
                list_of_args(f, &call.args)?;
                f.write_str(")")
            }
            Expr::List(list) => {
                f.write_str("[")?;
                list.items.iter().try_for_each(|item| write!(f, "{},", Counted(item)))?;
                f.write_str("]")
            }
            Expr::Tuple(tuple) => {
                f.write_str("(")?;
                tuple.items.iter().try_for_each(|item| write!(f, "{},", Counted(item)))?;
                f.write_str(")")
            }
            Expr::Map(map) => {
                f.write_str("{")?;
                let mut entries = map.keys.iter().zip(&map.values);
                entries.try_for_each(|(key, value)| write!(f, "{}: {},", Counted(key), Counted(value)))?;
                f.write_str("}")
            }
            other => write!(f, "({})", Counted(other)),
        }
    }
}

fn sliced(f: &mut fmt::Formatter<'_>, slice: &Slice<'_>) -> fmt::Result {
    write!(f, "{}[", Atom(&slice.expr))?;
    slice.start.iter().try_for_each(|part| write!(f, "{}", Atom(part)))?;
    f.write_str(":")?;
    slice.stop.iter().try_for_each(|part| write!(f, "{}", Atom(part)))?;
    slice.step.iter().try_for_each(|part| write!(f, ":{}", Atom(part)))?;
    f.write_str("]")
}

/// A constant as it is written.
fn literal(f: &mut fmt::Formatter<'_>, value: &Value) -> fmt::Result {
    if let Some(text) = value.as_str() {
        f.write_str("'")?;
        for c in text.chars() {
            match c {
                '\'' | '\\' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                c => f.write_char(c)?,
            }
        }
        return f.write_str("'");
    }
    match value.kind() {
        ValueKind::None => f.write_str("none"),
        ValueKind::Number if !value.is_integer() => write!(f, "{:?}", f64::try_from(value.clone()).unwrap_or_default()),
        _ => write!(f, "{value}"),
    }
}

fn args(f: &mut fmt::Formatter<'_>, args: &[CallArg<'_>]) -> fmt::Result {
    if args.is_empty() {
        return Ok(());
    }
    f.write_str("(")?;
    list_of_args(f, args)?;
    f.write_str(")")
}

fn list_of_args(f: &mut fmt::Formatter<'_>, args: &[CallArg<'_>]) -> fmt::Result {
    args.iter().try_for_each(|arg| match arg {
        CallArg::Pos(expr) => write!(f, "{},", Counted(expr)),
        CallArg::Kwarg(name, expr) => write!(f, "{name}={},", Counted(expr)),
        CallArg::PosSplat(expr) => write!(f, "*{},", Atom(expr)),
        CallArg::KwargSplat(expr) => write!(f, "**{},", Atom(expr)),
    })
}

fn operator(kind: BinOpKind) -> &'static str {
    match kind {
        BinOpKind::Eq => "==",
        BinOpKind::Ne => "!=",
        BinOpKind::Lt => "<",
        BinOpKind::Lte => "<=",
        BinOpKind::Gt => ">",
        BinOpKind::Gte => ">=",
        BinOpKind::ScAnd => "and",
        BinOpKind::ScOr => "or",
        BinOpKind::Add => "+",
        BinOpKind::Sub => "-",
        BinOpKind::Mul => "*",
        BinOpKind::Div => "/",
        BinOpKind::FloorDiv => "//",
        BinOpKind::Rem => "%",
        BinOpKind::Pow => "**",
        BinOpKind::Concat => "~",
        BinOpKind::In => "in",
    }
}

fn comparison(kind: CompareOpKind) -> &'static str {
    match kind {
        CompareOpKind::Eq => "==",
        CompareOpKind::Ne => "!=",
        CompareOpKind::Lt => "<",
        CompareOpKind::Lte => "<=",
        CompareOpKind::Gt => ">",
        CompareOpKind::Gte => ">=",
        CompareOpKind::In => "in",
        CompareOpKind::NotIn => "not in",
    }
}
