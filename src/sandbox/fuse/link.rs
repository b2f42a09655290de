//! Third step of fusing: gives every item of every module instance its place in
//! the fused module and evaluates everything that is constant.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use wasmparser::{ConstExpr, ElementItems, ExternalKind, FuncType, Operator, ValType};

use super::FuseError;
use super::module::{CoreModule, ModuleImport};
use super::walk::{CoreFunction, CoreInstance, HostFunction, Structure, item};

/// The most slots of all tables together. A few bytes of a component can ask for any number of them.
const MOST_SLOTS: u64 = 10_000_000;

/// The most bytes of code and data of all instances together. A small component can instantiate a module any number of
/// times.
const MOST_BYTES: usize = 512 << 20;

/// The value of a constant expression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Constant {
    /// A 32-bit integer.
    I32(i32),
    /// A 64-bit integer.
    I64(i64),
    /// A 32-bit float, as bits.
    F32(u32),
    /// A 64-bit float, as bits.
    F64(u64),
    /// The null function reference.
    NullFunction,
    /// A reference to a function of the fused module.
    Function(u32),
}

/// A global of the fused module, before it is known whether it ever changes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Global {
    /// Type of the value.
    pub ty: ValType,
    /// Whether it is declared as mutable.
    pub mutable: bool,
    /// Initial value.
    pub value: Constant,
}

/// An instance of a core module: where its index spaces are in the fused module.
#[derive(Debug, Default)]
pub(super) struct ModuleInstance {
    /// Index into [`Structure::modules`].
    pub module: usize,
    /// Type indices.
    pub types: Vec<u32>,
    /// Function indices.
    pub functions: Vec<u32>,
    /// Table indices.
    pub tables: Vec<u32>,
    /// Memory indices.
    pub memories: Vec<u32>,
    /// Indices into [`Linked::globals`].
    pub globals: Vec<u32>,
}

/// A table of the fused module with its contents after instantiation.
#[derive(Debug)]
pub(super) struct Table {
    /// Type as declared.
    pub ty: wasmparser::TableType,
    /// Function in every slot.
    pub slots: Vec<Option<u32>>,
}

/// All of the fused module but for the function bodies.
#[derive(Default)]
pub(super) struct Linked<'a> {
    /// The function types.
    pub types: Vec<FuncType>,
    /// Imported functions with their types. They come first in the index space.
    pub imports: Vec<(HostFunction, u32)>,
    /// Types of the defined functions.
    pub functions: Vec<u32>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Memories.
    pub memories: Vec<wasmparser::MemoryType>,
    /// Globals.
    pub globals: Vec<Global>,
    /// Initial contents of memories: memory, offset, bytes.
    pub data: Vec<(u32, u64, Cow<'a, [u8]>)>,
    /// Module instances in order of instantiation; bodies come in this order.
    pub instances: Vec<ModuleInstance>,
    /// For every core instance of the component, the index in `instances`.
    by_core_instance: Vec<Option<usize>>,
    type_indices: HashMap<FuncType, u32>,
    /// Slots of the tables.
    slots: u64,
    /// Bytes of code and data of the instances.
    bytes: usize,
    /// Globals imported as `env.__stack_pointer`, as C toolchains call it.
    pub stack_pointers: HashSet<u32>,
}

/// Links all module instances of a component.
pub(super) fn link<'a>(
    structure: &Structure<'a>,
    modules: &[CoreModule<'a>],
) -> Result<Linked<'a>, FuseError> {
    let mut linked = Linked::default();
    linked.collect_imports(structure, modules)?;
    for instance in &structure.instances {
        match instance {
            CoreInstance::Module { module, arguments } => {
                let core = item(modules, *module, "core module")?;
                linked.instantiate(structure, modules, *module as usize, core, arguments)?;
            }
            CoreInstance::Bag(_) => linked.by_core_instance.push(None),
        }
    }
    Ok(linked)
}

impl<'a> Linked<'a> {
    /// The fused type index of a function type.
    fn intern(&mut self, ty: &FuncType) -> u32 {
        if let Some(index) = self.type_indices.get(ty) {
            return *index;
        }
        let index = self.types.len() as u32;
        self.types.push(ty.clone());
        self.type_indices.insert(ty.clone(), index);
        index
    }

    /// The fused type index of a function.
    pub(super) fn type_of(&self, function: u32) -> Result<u32, FuseError> {
        let function = function as usize;
        match function.checked_sub(self.imports.len()) {
            None => Ok(self.imports[function].1),
            Some(defined) => item(&self.functions, defined as u32, "function").copied(),
        }
    }

    /// Determines which host functions the fused module imports: indices of
    /// defined functions start after them, so this has to come first.
    ///
    /// The core type of a host function is what the modules import it as, which
    /// validation of the component has found to be what the canonical ABI says.
    fn collect_imports(
        &mut self,
        structure: &Structure<'a>,
        modules: &[CoreModule<'a>],
    ) -> Result<(), FuseError> {
        for instance in &structure.instances {
            let CoreInstance::Module { module, arguments } = instance else {
                continue;
            };
            let core = item(modules, *module, "core module")?;
            for (import, ty) in &core.imported_functions {
                let Some(host) = host_function(structure, modules, arguments, *import)? else {
                    continue;
                };
                if self.imports.iter().any(|(known, _)| *known == host) {
                    continue;
                }
                let ty = self.intern(item(&core.types, *ty, "type")?);
                self.imports.push((host, ty));
            }
        }
        Ok(())
    }

    fn instantiate(
        &mut self,
        structure: &Structure<'a>,
        modules: &[CoreModule<'a>],
        module: usize,
        core: &CoreModule<'a>,
        arguments: &[(&'a str, u32)],
    ) -> Result<(), FuseError> {
        let code = core.bodies.iter().map(|body| body.range().len());
        let data = core.data.iter().map(|data| data.bytes.len());
        self.bytes = self.bytes.saturating_add(code.chain(data).sum());
        if self.bytes > MOST_BYTES {
            return Err(FuseError::Unsupported(format!("more than {MOST_BYTES} bytes of code and data")));
        }
        let mut instance = ModuleInstance {
            module,
            types: core.types.iter().map(|ty| self.intern(ty)).collect(),
            ..ModuleInstance::default()
        };
        let find = |linked: &Self, import: &ModuleImport<'a>, kind| {
            let source = argument(arguments, import)?;
            linked.export(structure, modules, source, import.name, kind)
        };
        for (import, _) in &core.imported_functions {
            let function = find(self, import, ExternalKind::Func)?;
            instance.functions.push(function);
        }
        for import in &core.imported_tables {
            instance.tables.push(find(self, import, ExternalKind::Table)?);
        }
        for import in &core.imported_memories {
            instance.memories.push(find(self, import, ExternalKind::Memory)?);
        }
        for import in &core.imported_globals {
            let global = find(self, import, ExternalKind::Global)?;
            if (import.module, import.name) == ("env", "__stack_pointer") {
                self.stack_pointers.insert(global);
            }
            instance.globals.push(global);
        }

        for ty in &core.functions {
            let index = self.imports.len() + self.functions.len();
            instance.functions.push(index as u32);
            let ty = *item(&instance.types, *ty, "type")?;
            self.functions.push(ty);
        }
        for ty in &core.tables {
            instance.tables.push(self.tables.len() as u32);
            self.slots = self.slots.saturating_add(ty.initial);
            if self.slots > MOST_SLOTS {
                return Err(FuseError::Unsupported(format!("tables of more than {MOST_SLOTS} slots")));
            }
            self.tables.push(Table { ty: *ty, slots: vec![None; ty.initial as usize] });
        }
        for ty in &core.memories {
            instance.memories.push(self.memories.len() as u32);
            self.memories.push(*ty);
        }
        for (ty, init) in &core.globals {
            let value = self.evaluate(&instance, init)?;
            instance.globals.push(self.globals.len() as u32);
            self.globals.push(Global { ty: ty.content_type, mutable: ty.mutable, value });
        }
        self.segments(core, &instance)?;
        self.by_core_instance.push(Some(self.instances.len()));
        self.instances.push(instance);
        Ok(())
    }

    /// Places the active segments of an instance. Later ones overwrite earlier
    /// ones, exactly as instantiation in order does.
    fn segments(&mut self, core: &CoreModule<'a>, instance: &ModuleInstance) -> Result<(), FuseError> {
        for element in &core.elements {
            let mut functions = Vec::new();
            match element.items.clone() {
                ElementItems::Functions(items) => {
                    for function in items {
                        functions.push(Some(*item(&instance.functions, function?, "function")?));
                    }
                }
                ElementItems::Expressions(_, items) => {
                    for expression in items {
                        functions.push(match self.evaluate(instance, &expression?)? {
                            Constant::Function(function) => Some(function),
                            Constant::NullFunction => None,
                            other => {
                                return Err(FuseError::Unsupported(format!("{other:?} in a table")));
                            }
                        });
                    }
                }
            }
            let offset = self.offset(instance, &element.offset)? as usize;
            let table = *item(&instance.tables, element.table, "table")?;
            let slots = self
                .tables
                .get_mut(table as usize)
                .and_then(|table| table.slots.get_mut(offset..)?.get_mut(..functions.len()))
                .ok_or(FuseError::SegmentOutOfBounds("table"))?;
            slots.copy_from_slice(&functions);
        }
        for data in &core.data {
            let offset = self.offset(instance, &data.offset)?;
            let memory = *item(&instance.memories, data.memory, "memory")?;
            let ty = item(&self.memories, memory, "memory")?;
            let size = ty.initial.saturating_mul(1 << ty.page_size_log2.unwrap_or(16));
            if offset.saturating_add(data.bytes.len() as u64) > size {
                return Err(FuseError::SegmentOutOfBounds("memory"));
            }
            self.data.push((memory, offset, data.bytes.into()));
        }
        Ok(())
    }

    fn offset(&self, instance: &ModuleInstance, expression: &ConstExpr<'a>) -> Result<u64, FuseError> {
        match self.evaluate(instance, expression)? {
            Constant::I32(offset) => Ok(u64::from(offset as u32)),
            other => Err(FuseError::Unsupported(format!("the segment offset {other:?}"))),
        }
    }

    /// Evaluates a constant expression. Validation guarantees that it refers to
    /// immutable globals only, hence the value at instantiation is the value.
    fn evaluate(&self, instance: &ModuleInstance, expression: &ConstExpr<'a>) -> Result<Constant, FuseError> {
        let mut stack = Vec::new();
        let mut reader = expression.get_operators_reader();
        loop {
            let operator = reader.read()?;
            let value = match operator {
                Operator::End => break,
                Operator::I32Const { value } => Constant::I32(value),
                Operator::I64Const { value } => Constant::I64(value),
                Operator::F32Const { value } => Constant::F32(value.bits()),
                Operator::F64Const { value } => Constant::F64(value.bits()),
                Operator::RefNull { .. } => Constant::NullFunction,
                Operator::RefFunc { function_index } => {
                    Constant::Function(*item(&instance.functions, function_index, "function")?)
                }
                Operator::GlobalGet { global_index } => {
                    let global = *item(&instance.globals, global_index, "global")?;
                    let global = item(&self.globals, global, "global")?;
                    if global.mutable {
                        return Err(unsupported_constant(&operator));
                    }
                    global.value
                }
                _ => match (&operator, stack.pop(), stack.pop()) {
                    (Operator::I32Add, Some(Constant::I32(b)), Some(Constant::I32(a))) => {
                        Constant::I32(a.wrapping_add(b))
                    }
                    (Operator::I32Sub, Some(Constant::I32(b)), Some(Constant::I32(a))) => {
                        Constant::I32(a.wrapping_sub(b))
                    }
                    (Operator::I32Mul, Some(Constant::I32(b)), Some(Constant::I32(a))) => {
                        Constant::I32(a.wrapping_mul(b))
                    }
                    _ => return Err(unsupported_constant(&operator)),
                },
            };
            stack.push(value);
        }
        match stack[..] {
            [value] => Ok(value),
            _ => Err(FuseError::Unsupported("a constant expression without a value".into())),
        }
    }

    /// The fused index of an item of the component's core function index space.
    pub(super) fn core_function(
        &self,
        structure: &Structure<'a>,
        modules: &[CoreModule<'a>],
        index: u32,
    ) -> Result<u32, FuseError> {
        match item(&structure.functions, index, "core function")? {
            CoreFunction::Export(export) => {
                self.export(structure, modules, export.instance, export.name, ExternalKind::Func)
            }
            CoreFunction::Host(host) => self
                .imports
                .iter()
                .position(|(known, _)| known == host)
                .map(|position| position as u32)
                .ok_or_else(|| FuseError::Unresolved {
                    module: host.module.clone(),
                    name: host.name.clone(),
                }),
        }
    }

    /// The fused index of the memory that canonical options name.
    pub(super) fn core_memory(
        &self,
        structure: &Structure<'a>,
        modules: &[CoreModule<'a>],
        index: u32,
    ) -> Result<u32, FuseError> {
        let export = item(&structure.memories, index, "core memory")?;
        self.export(structure, modules, export.instance, export.name, ExternalKind::Memory)
    }

    /// The fused index of an export of a core instance.
    fn export(
        &self,
        structure: &Structure<'a>,
        modules: &[CoreModule<'a>],
        core_instance: u32,
        name: &str,
        kind: ExternalKind,
    ) -> Result<u32, FuseError> {
        let missing = || FuseError::Unresolved {
            module: format!("core instance {core_instance}"),
            name: name.to_string(),
        };
        match item(&structure.instances, core_instance, "core instance")? {
            CoreInstance::Bag(items) => {
                let (_, _, index) = items
                    .iter()
                    .find(|(known, known_kind, _)| *known == name && *known_kind == kind)
                    .ok_or_else(missing)?;
                let space = match kind {
                    ExternalKind::Func => return self.core_function(structure, modules, *index),
                    ExternalKind::Table => &structure.tables,
                    ExternalKind::Memory => &structure.memories,
                    ExternalKind::Global => &structure.globals,
                    _ => return Err(missing()),
                };
                let export = item(space, *index, "core item")?;
                self.export(structure, modules, export.instance, export.name, kind)
            }
            CoreInstance::Module { module, .. } => {
                let core = item(modules, *module, "core module")?;
                let index = match core.exports.get(name) {
                    Some((known_kind, index)) if *known_kind == kind => *index,
                    _ => return Err(missing()),
                };
                let instance = self
                    .by_core_instance
                    .get(core_instance as usize)
                    .and_then(|position| self.instances.get((*position)?))
                    .ok_or_else(missing)?;
                let space = match kind {
                    ExternalKind::Func => &instance.functions,
                    ExternalKind::Table => &instance.tables,
                    ExternalKind::Memory => &instance.memories,
                    ExternalKind::Global => &instance.globals,
                    _ => return Err(missing()),
                };
                item(space, index, "exported item").copied()
            }
        }
    }
}

fn unsupported_constant(operator: &Operator<'_>) -> FuseError {
    FuseError::Unsupported(format!("{operator:?} in a constant expression"))
}

/// The core instance that satisfies imports of a module name.
fn argument(arguments: &[(&str, u32)], import: &ModuleImport<'_>) -> Result<u32, FuseError> {
    arguments.iter().find(|(name, _)| *name == import.module).map(|(_, instance)| *instance).ok_or_else(
        || FuseError::Unresolved { module: import.module.to_string(), name: import.name.to_string() },
    )
}

/// The host function behind an import, following re-exports of imports; `None`
/// if a core module defines the function.
fn host_function(
    structure: &Structure<'_>,
    modules: &[CoreModule<'_>],
    arguments: &[(&str, u32)],
    import: ModuleImport<'_>,
) -> Result<Option<HostFunction>, FuseError> {
    let mut instance = argument(arguments, &import)?;
    let mut name = import.name;
    loop {
        match item(&structure.instances, instance, "core instance")? {
            CoreInstance::Bag(items) => {
                let found =
                    items.iter().find(|(known, kind, _)| *known == name && *kind == ExternalKind::Func);
                let Some((_, _, index)) = found else {
                    return Ok(None);
                };
                match item(&structure.functions, *index, "core function")? {
                    CoreFunction::Host(host) => return Ok(Some(host.clone())),
                    CoreFunction::Export(export) => {
                        (instance, name) = (export.instance, export.name);
                    }
                }
            }
            CoreInstance::Module { module, arguments } => {
                let core = item(modules, *module, "core module")?;
                let Some((ExternalKind::Func, index)) = core.exports.get(name) else {
                    return Ok(None);
                };
                let Some((import, _)) = core.imported_functions.get(*index as usize) else {
                    return Ok(None);
                };
                (instance, name) = (argument(arguments, import)?, import.name);
            }
        }
    }
}
