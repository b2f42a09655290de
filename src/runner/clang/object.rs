//! Objects: what the compiler makes of one text, before it is linked with others.
//!
//! A program that is linked with its tests must not change them by what it defines: an `__assert_fail` that returns, a
//! comparison of vectors that is always true. So everything that it defines is its own, but for the functions that the
//! tests are about.

use std::collections::BTreeSet;
use std::ops::Range;

use wasmparser::{Parser, Payload, TypeRef};

/// Subsections of the section `linking`, and its kinds and flags of symbols: the conventions of WebAssembly's tools.
const SYMBOLS: u8 = 8;
const COMMON_GROUPS: u8 = 7;
const IGNORED: u8 = 0x3f;
const FUNCTION: u8 = 0;
const DATA: u8 = 1;
const GLOBAL: u8 = 2;
const SECTION: u8 = 3;
const TAG: u8 = 4;
const TABLE: u8 = 5;
const WEAK: u8 = 0x01;
const LOCAL: u8 = 0x02;
const UNDEFINED: u8 = 0x10;
const EXPORTED: u8 = 0x20;
const HAS_NAME: u8 = 0x40;

/// The names of the functions that an object uses and does not define.
pub(super) fn functions_used(object: &[u8]) -> BTreeSet<String> {
    let sections = Parser::new(0).parse_all(object).filter_map(|payload| match payload {
        Ok(Payload::ImportSection(imports)) => Some(imports),
        _ => None,
    });
    let imports = sections.flat_map(wasmparser::ImportSectionReader::into_imports).flatten();
    imports
        .filter(|import| import.module == "env" && matches!(import.ty, TypeRef::Func(_)))
        .map(|import| import.name.to_owned())
        .collect()
}

/// Makes all that an object defines its own, but for the functions of which `is_shared` is true. Nothing if it is not
/// the kind of object that the compiler makes.
pub(super) fn enclose(object: &mut [u8], is_shared: impl Fn(&str) -> bool) -> Option<()> {
    let own = symbols(object)?.into_iter().filter(|symbol| {
        let is_function = symbol.kind == FUNCTION;
        symbol.is_defined && symbol.kind != SECTION && !(is_function && is_shared(&symbol.name))
    });
    for Symbol { flags, .. } in own {
        object[flags] = object[flags] & !(WEAK | EXPORTED) | LOCAL;
    }
    // Of what is in such a group, the linker takes the first that it finds, whoever else has one.
    for (kind, range) in subsections(object)? {
        if kind == COMMON_GROUPS {
            object[range.start] = IGNORED;
        }
    }
    Some(())
}

/// Whether it is bitcode, which is no object yet.
pub(super) fn is_bitcode(object: &[u8]) -> bool {
    object.starts_with(b"BC\xc0\xde")
}

/// Whether an object defines where programs in C and C++ begin.
pub(super) fn has_main(object: &[u8]) -> bool {
    let is_main = |symbol: &Symbol| symbol.is_defined && is_main(&symbol.name);
    symbols(object).is_some_and(|symbols| symbols.iter().any(is_main))
}

/// Whether programs in C and C++ begin with the function of that name.
pub(super) fn is_main(name: &str) -> bool {
    ["main", "__main_void", "__main_argc_argv"].contains(&name)
}

/// A symbol of an object.
struct Symbol {
    kind: u8,
    /// Where its flags are.
    flags: usize,
    is_defined: bool,
    /// Empty, where it has none here.
    name: String,
}

/// The parts of an object's section `linking`, each with its kind.
fn subsections(object: &[u8]) -> Option<Vec<(u8, Range<usize>)>> {
    let linking = Parser::new(0).parse_all(object).find_map(|payload| match payload {
        Ok(Payload::CustomSection(section)) if section.name() == "linking" => {
            Some(section.data_offset()..section.data_offset() + section.data().len())
        }
        _ => None,
    })?;
    let mut reader = Reader { bytes: object, at: linking.start };
    reader.number()?; // the version
    let mut found = Vec::new();
    while reader.at < linking.end {
        let start = reader.at;
        let kind = reader.byte()?;
        let length = reader.number()? as usize;
        reader.at = reader.at.checked_add(length).filter(|end| *end <= linking.end)?;
        found.push((kind, start..reader.at));
    }
    Some(found)
}

fn symbols(object: &[u8]) -> Option<Vec<Symbol>> {
    let (_, range) = subsections(object)?.into_iter().find(|(kind, _)| *kind == SYMBOLS)?;
    let mut reader = Reader { bytes: object, at: range.start };
    reader.byte()?;
    reader.number()?; // how long it is
    let mut found = Vec::new();
    for _ in 0..reader.number()? {
        let kind = reader.byte()?;
        let flags = reader.at;
        let known = reader.number()? as u8; // those that matter
        let is_defined = known & UNDEFINED == 0;
        let mut name = None;
        match kind {
            FUNCTION | GLOBAL | TAG | TABLE => {
                reader.number()?;
                if is_defined || known & HAS_NAME != 0 {
                    name = Some(reader.name()?);
                }
            }
            DATA => {
                name = Some(reader.name()?);
                if is_defined {
                    (0..3).try_for_each(|_| reader.number().map(|_| ()))?;
                }
            }
            SECTION => {
                reader.number()?;
            }
            _ => return None,
        }
        let name = name.map(|name| String::from_utf8_lossy(&object[name]).into_owned()).unwrap_or_default();
        found.push(Symbol { kind, flags, is_defined, name });
    }
    (reader.at == range.end).then_some(found)
}

/// Reads numbers, which have seven bits in each byte.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn number(&mut self) -> Option<u32> {
        let mut number = 0_u64;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return u32::try_from(number).ok();
            }
        }
        None
    }

    fn name(&mut self) -> Option<Range<usize>> {
        let length = self.number()? as usize;
        let range = self.at..self.at.checked_add(length)?;
        self.bytes.get(range.clone())?;
        self.at = range.end;
        Some(range)
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{CustomSection, LinkingSection, Module, SymbolTable};

    use super::*;

    fn object(symbols: &SymbolTable) -> Vec<u8> {
        let mut linking = LinkingSection::new();
        linking.symbol_table(symbols);
        let mut module = Module::new();
        module.section(&linking);
        module.finish()
    }

    #[test]
    fn what_is_defined_is_the_objects_own() {
        let symbols = |f: u32, other: u32, data: u32| {
            let mut symbols = SymbolTable::new();
            let definition = wasm_encoder::DataSymbolDefinition { index: 0, offset: 300, size: 4 };
            symbols.function(other, 1, Some("__assert_fail")).function(f, 2, Some("f"));
            symbols.function(0x10, 0, None).data(data, "errno", Some(definition));
            symbols
        };
        let mut one = object(&symbols(0x04, 0x21, 0x80));
        enclose(&mut one, |name| name == "f" || name == "errno").unwrap();
        assert_eq!(one, object(&symbols(0x04, 0x02, 0x82)));
        assert!(!has_main(&one));
        let mut main = SymbolTable::new();
        main.function(0x10, 1, None).function(0, 2, Some("__main_void"));
        assert!(has_main(&object(&main)));
    }

    #[test]
    fn damaged_objects_are_none() {
        let mut symbols = SymbolTable::new();
        symbols.function(0, 1, Some("f"));
        let whole = object(&symbols);
        assert!(enclose(&mut Module::new().finish(), |_| true).is_none());
        let other = CustomSection { name: "linking".into(), data: [2, 8, 200, 1].as_slice().into() };
        let mut module = Module::new();
        module.section(&other);
        assert!(enclose(&mut module.finish(), |_| true).is_none());
        for place in 8..whole.len() {
            let mut damaged = whole.clone();
            damaged[place] ^= 0x7f;
            let _ = enclose(&mut damaged, |_| false); // whatever it says, it ends
        }
    }
}
