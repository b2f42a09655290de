//! Second step of fusing: reads one core module.

use std::collections::HashMap;

use wasmparser::{
    ConstExpr, DataKind, ElementItems, ElementKind, ExternalKind, FuncType, FunctionBody, GlobalType,
    KnownCustom, MemoryType, Name, Parser, Payload, TableInit, TableType, TypeRef,
};

use super::FuseError;

/// An imported item.
#[derive(Debug, Clone, Copy)]
pub(super) struct ModuleImport<'a> {
    pub module: &'a str,
    pub name: &'a str,
}

/// An active element segment.
pub(super) struct ActiveElement<'a> {
    pub table: u32,
    pub offset: ConstExpr<'a>,
    pub items: ElementItems<'a>,
}

/// An active data segment.
pub(super) struct ActiveData<'a> {
    pub memory: u32,
    pub offset: ConstExpr<'a>,
    pub bytes: &'a [u8],
}

/// The parts of a core module that fusing needs.
///
/// In every index space imported items come first; the vectors for functions,
/// tables, memories and globals hold the defined items only.
#[derive(Default)]
pub(super) struct CoreModule<'a> {
    pub types: Vec<FuncType>,
    pub imported_functions: Vec<(ModuleImport<'a>, u32)>,
    pub imported_tables: Vec<ModuleImport<'a>>,
    pub imported_memories: Vec<ModuleImport<'a>>,
    pub imported_globals: Vec<ModuleImport<'a>>,
    /// Types of the defined functions.
    pub functions: Vec<u32>,
    pub tables: Vec<TableType>,
    pub memories: Vec<MemoryType>,
    pub globals: Vec<(GlobalType, ConstExpr<'a>)>,
    pub exports: HashMap<&'a str, (ExternalKind, u32)>,
    pub elements: Vec<ActiveElement<'a>>,
    pub data: Vec<ActiveData<'a>>,
    pub bodies: Vec<FunctionBody<'a>>,
    /// Names of functions of the whole index space.
    pub names: Vec<(u32, &'a str)>,
}

impl<'a> CoreModule<'a> {
    /// Reads a (valid) core module.
    pub(super) fn read(binary: &'a [u8]) -> Result<Self, FuseError> {
        let mut module = CoreModule::default();
        for payload in Parser::new(0).parse_all(binary) {
            module.payload(payload?)?;
        }
        if module.functions.len() != module.bodies.len() {
            return Err(FuseError::Unsupported("a core module whose functions lack bodies".into()));
        }
        Ok(module)
    }

    fn payload(&mut self, payload: Payload<'a>) -> Result<(), FuseError> {
        match payload {
            Payload::Version { .. }
            | Payload::DataCountSection { .. }
            | Payload::CodeSectionStart { .. }
            | Payload::End(_) => {}
            Payload::TypeSection(section) => {
                for ty in section.into_iter_err_on_gc_types() {
                    self.types.push(ty?);
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    self.import(import?)?;
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    self.functions.push(ty?);
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    let table = table?;
                    if !matches!(table.init, TableInit::RefNull) || table.ty.table64 {
                        return Err(FuseError::Unsupported(
                            "a table with 64-bit indices or an initial value".into(),
                        ));
                    }
                    self.tables.push(table.ty);
                }
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    self.memories.push(memory?);
                }
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    let global = global?;
                    self.globals.push((global.ty, global.init_expr));
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    self.exports.insert(export.name, (export.kind, export.index));
                }
            }
            Payload::ElementSection(section) => {
                for element in section {
                    let element = element?;
                    // Passive and declared segments can be dropped: the
                    // instructions which would use passive ones are refused,
                    // and declarations are generated anew.
                    if let ElementKind::Active { table_index, offset_expr } = element.kind {
                        self.elements.push(ActiveElement {
                            table: table_index.unwrap_or(0),
                            offset: offset_expr,
                            items: element.items,
                        });
                    }
                }
            }
            Payload::DataSection(section) => {
                for data in section {
                    let data = data?;
                    if let DataKind::Active { memory_index, offset_expr } = data.kind {
                        self.data.push(ActiveData {
                            memory: memory_index,
                            offset: offset_expr,
                            bytes: data.data,
                        });
                    }
                }
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::CustomSection(section) => {
                // Names are for profiles only: whatever is malformed is left out.
                if let KnownCustom::Name(names) = section.as_known() {
                    for name in names.into_iter().flatten() {
                        if let Name::Function(map) = name {
                            self.names.extend(map.into_iter().flatten().map(|n| (n.index, n.name)));
                        }
                    }
                }
            }
            Payload::StartSection { .. } => {
                return Err(FuseError::Unsupported("a start function".into()));
            }
            other => {
                return Err(FuseError::Unsupported(format!("a section of a core module: {other:?}")));
            }
        }
        Ok(())
    }

    fn import(&mut self, import: wasmparser::Import<'a>) -> Result<(), FuseError> {
        let source = ModuleImport { module: import.module, name: import.name };
        match import.ty {
            TypeRef::Func(ty) => self.imported_functions.push((source, ty)),
            TypeRef::Table(_) => self.imported_tables.push(source),
            TypeRef::Memory(_) => self.imported_memories.push(source),
            TypeRef::Global(_) => self.imported_globals.push(source),
            other => {
                return Err(FuseError::Unsupported(format!(
                    "the core import {}.{} of type {other:?}",
                    import.module, import.name
                )));
            }
        }
        Ok(())
    }
}
