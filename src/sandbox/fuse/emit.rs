//! Last step of fusing: scans and rewrites the function bodies and writes the
//! fused module.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::convert::Infallible;

use wasm_encoder::reencode::{self, Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType, ExportKind, ExportSection,
    FunctionSection, GlobalSection, GlobalType, ImportSection, Instruction, MemorySection, Module, NameMap,
    NameSection, TableSection, TypeSection,
};
use wasmparser::{FunctionBody, Operator, ValType};

use super::FuseError;
use super::link::{Constant, Linked, ModuleInstance};
use super::module::CoreModule;
use super::stack::Deepened;
use super::walk::{Structure, item};

/// What the bodies do with globals and function references.
#[derive(Default)]
struct Usage {
    /// Globals which some instruction sets.
    written: HashSet<u32>,
    /// Functions of which some instruction takes a reference.
    referenced: BTreeSet<u32>,
}

/// Writes the fused module.
pub(super) fn emit(
    structure: &Structure<'_>,
    modules: &[CoreModule<'_>],
    linked: &Linked<'_>,
    deepened: Option<&Deepened>,
) -> Result<Vec<u8>, FuseError> {
    let memory = the_memory(structure, modules, linked)?;
    let usage = scan(modules, linked)?;
    let plan = GlobalPlan::new(linked, &usage)?;
    let imports = imports(linked)?;

    let mut module = Module::new();
    let mut types = TypeSection::new();
    for ty in &linked.types {
        types.ty().func_type(&RoundtripReencoder.func_type(ty.clone())?);
    }
    module.section(&types);
    module.section(&imports);
    let mut functions = FunctionSection::new();
    for ty in &linked.functions {
        functions.function(*ty);
    }
    module.section(&functions);
    let mut tables = TableSection::new();
    for table in &linked.tables {
        tables.table(RoundtripReencoder.table_type(table.ty)?);
    }
    module.section(&tables);
    let mut memories = MemorySection::new();
    for ty in &linked.memories {
        memories.memory(RoundtripReencoder.memory_type(*ty)?);
    }
    module.section(&memories);
    module.section(&plan.section);
    module.section(&exports(structure, modules, linked, memory, &plan)?);
    module.section(&elements(linked, &usage));
    module.section(&code(modules, linked, &plan, deepened)?);
    let mut data = DataSection::new();
    for (memory, offset, bytes) in &linked.data {
        let offset = ConstExpr::i32_const(*offset as u32 as i32);
        data.active(*memory, &offset, bytes.iter().copied());
    }
    module.section(&data);
    module.section(&names(modules, linked));
    Ok(module.finish())
}

/// The one memory that the canonical ABI works on.
fn the_memory(
    structure: &Structure<'_>,
    modules: &[CoreModule<'_>],
    linked: &Linked<'_>,
) -> Result<u32, FuseError> {
    let mut found = BTreeSet::new();
    for memory in &structure.canonical_memories {
        found.insert(linked.core_memory(structure, modules, *memory)?);
    }
    // Any other memory would be state that is not exported.
    match (found.pop_first(), linked.memories.len()) {
        (Some(memory), 1) => Ok(memory),
        (_, count) => Err(FuseError::Unsupported(format!("{count} memories instead of one"))),
    }
}

/// How globals end up: those which never change become constants in the code,
/// the others are globals of the fused module.
struct GlobalPlan {
    targets: Vec<Target>,
    section: GlobalSection,
}

#[derive(Clone, Copy)]
enum Target {
    Constant(Constant),
    Global(u32),
}

impl GlobalPlan {
    fn new(linked: &Linked<'_>, usage: &Usage) -> Result<Self, FuseError> {
        let mut targets = Vec::new();
        let mut section = GlobalSection::new();
        for (index, global) in linked.globals.iter().enumerate() {
            if !usage.written.contains(&(index as u32)) {
                targets.push(Target::Constant(global.value));
                continue;
            }
            let init = match (global.value, global.ty) {
                (Constant::I32(value), ValType::I32) => ConstExpr::i32_const(value),
                (Constant::I64(value), ValType::I64) => ConstExpr::i64_const(value),
                (Constant::F32(bits), ValType::F32) => ConstExpr::f32_const(wasm_encoder::Ieee32::new(bits)),
                (Constant::F64(bits), ValType::F64) => ConstExpr::f64_const(wasm_encoder::Ieee64::new(bits)),
                (_, ty) => {
                    return Err(FuseError::Unsupported(format!("a mutable global of type {ty}")));
                }
            };
            targets.push(Target::Global(section.len()));
            section.global(
                GlobalType {
                    val_type: RoundtripReencoder.val_type(global.ty)?,
                    mutable: true,
                    shared: false,
                },
                &init,
            );
        }
        Ok(GlobalPlan { targets, section })
    }
}

fn imports(linked: &Linked<'_>) -> Result<ImportSection, FuseError> {
    let mut section = ImportSection::new();
    for (index, (host, ty)) in linked.imports.iter().enumerate() {
        section.import(&host.module, &import_name(linked, index), EntityType::Function(*ty));
    }
    Ok(section)
}

/// The name under which an import appears. The same function can be lowered
/// with different allocators; then all but the first get a suffix.
fn import_name(linked: &Linked<'_>, index: usize) -> String {
    let host = &linked.imports[index].0;
    let earlier = linked.imports[..index]
        .iter()
        .filter(|(other, _)| (&other.module, &other.name) == (&host.module, &host.name))
        .count();
    match earlier {
        0 => host.name.clone(),
        _ => format!("{}#{}", host.name, earlier + 1),
    }
}

fn exports(
    structure: &Structure<'_>,
    modules: &[CoreModule<'_>],
    linked: &Linked<'_>,
    memory: u32,
    plan: &GlobalPlan,
) -> Result<ExportSection, FuseError> {
    let mut out: Vec<(String, ExportKind, u32)> = vec![("memory".into(), ExportKind::Memory, memory)];
    let mut function = |name: String, core: u32| {
        let index = linked.core_function(structure, modules, core)?;
        out.push((name, ExportKind::Func, index));
        Ok::<u32, FuseError>(index)
    };
    let mut realloc = None;
    for (name, lifted) in &structure.exports {
        function((*name).to_string(), lifted.function)?;
        if let Some(post_return) = lifted.post_return {
            function(format!("cabi_post_{name}"), post_return)?;
        }
        if let Some(core) = lifted.realloc {
            let index = linked.core_function(structure, modules, core)?;
            match realloc {
                None => realloc = Some(function("cabi_realloc".into(), core)?),
                Some(known) if known == index => {}
                Some(_) => {
                    return Err(FuseError::Unsupported("exports which differ in their allocator".into()));
                }
            }
        }
    }
    for (index, (host, _)) in linked.imports.iter().enumerate() {
        if let Some(core) = host.realloc {
            let name = import_name(linked, index);
            function(format!("cabi_import_realloc:{}:{name}", host.module), core)?;
        }
    }
    for (index, target) in plan.targets.iter().enumerate() {
        if let Target::Global(global) = target {
            out.push((format!("global:{global}"), ExportKind::Global, *global));
            if linked.stack_pointers.contains(&(index as u32)) {
                out.push(("__stack_pointer".into(), ExportKind::Global, *global));
            }
        }
    }
    let mut section = ExportSection::new();
    let mut seen = HashSet::new();
    for (name, kind, index) in &out {
        if !seen.insert(name) {
            return Err(FuseError::Unsupported(format!("two exports called {name}")));
        }
        section.export(name, *kind, *index);
    }
    Ok(section)
}

/// Segments for the runs of functions in every table.
fn elements(linked: &Linked<'_>, usage: &Usage) -> ElementSection {
    let mut section = ElementSection::new();
    for (index, table) in linked.tables.iter().enumerate() {
        let mut start = 0;
        for run in table.slots.chunk_by(|a, b| a.is_some() == b.is_some()) {
            let functions: Vec<u32> = run.iter().flatten().copied().collect();
            if !functions.is_empty() {
                section.active(
                    Some(index as u32),
                    &ConstExpr::i32_const(start as u32 as i32),
                    Elements::Functions(functions.into()),
                );
            }
            start += run.len();
        }
    }
    if !usage.referenced.is_empty() {
        let functions: Vec<u32> = usage.referenced.iter().copied().collect();
        section.declared(Elements::Functions(functions.into()));
    }
    section
}

/// Looks through all bodies for writes to globals, and for instructions which
/// would make the state of an instance more than memory and globals.
fn scan(modules: &[CoreModule<'_>], linked: &Linked<'_>) -> Result<Usage, FuseError> {
    let mut usage = Usage::default();
    for instance in &linked.instances {
        for body in &modules[instance.module].bodies {
            let mut reader = body.get_operators_reader()?;
            while !reader.eof() {
                let operator = reader.read()?;
                match operator {
                    Operator::GlobalSet { global_index } => {
                        let global = *item(&instance.globals, global_index, "global")?;
                        usage.written.insert(global);
                    }
                    Operator::RefFunc { function_index } => {
                        let function = *item(&instance.functions, function_index, "function")?;
                        usage.referenced.insert(function);
                    }
                    Operator::TableSet { .. }
                    | Operator::TableFill { .. }
                    | Operator::TableCopy { .. }
                    | Operator::TableInit { .. }
                    | Operator::TableGrow { .. }
                    | Operator::ElemDrop { .. }
                    | Operator::MemoryInit { .. }
                    | Operator::DataDrop { .. } => {
                        return Err(FuseError::HiddenState(format!("{operator:?}")));
                    }
                    _ => {}
                }
            }
        }
    }
    Ok(usage)
}

fn code(
    modules: &[CoreModule<'_>],
    linked: &Linked<'_>,
    plan: &GlobalPlan,
    deepened: Option<&Deepened>,
) -> Result<CodeSection, FuseError> {
    let deepened = deepened.map(|deepened| Ok::<_, FuseError>((deepened, deepened.find(modules)?)));
    let deepened = deepened.transpose()?;
    let mut section = CodeSection::new();
    for instance in &linked.instances {
        let mut rewriter = Rewriter { instance, linked, plan };
        for (index, body) in modules[instance.module].bodies.iter().enumerate() {
            let deepened = deepened.filter(|(_, place)| *place == (instance.module, index));
            rewriter.body(&mut section, body, deepened.map(|(deepened, _)| deepened))?;
        }
    }
    Ok(section)
}

/// Moves instructions of one module instance into the fused module.
struct Rewriter<'l, 'a> {
    instance: &'l ModuleInstance,
    linked: &'l Linked<'a>,
    plan: &'l GlobalPlan,
}

impl Rewriter<'_, '_> {
    fn body(
        &mut self,
        section: &mut CodeSection,
        body: &FunctionBody<'_>,
        deepened: Option<&Deepened>,
    ) -> Result<(), FuseError> {
        let mut function = self.new_function_with_parsed_locals(body)?;
        let mut deeper = match deepened {
            Some(deepened) => Some((deepened, deepened.check(body, self.stack_pointer()?)?)),
            None => None,
        };
        // A constant that is not yet written, because it may be the slot of an
        // indirect call which is really a direct one.
        let mut pending: Option<i32> = None;
        let mut reader = body.get_operators_reader()?;
        while !reader.eof() {
            let operator = reader.read()?;
            if let (Some(slot), Operator::CallIndirect { type_index, table_index }) = (pending, &operator)
                && let Some(callee) = self.direct(slot, *type_index, *table_index)?
            {
                pending = None;
                function.instruction(&Instruction::Call(callee));
                continue;
            }
            if let Some(value) = pending.take() {
                function.instruction(&Instruction::I32Const(value));
            }
            let target = match operator {
                Operator::GlobalGet { global_index } => self.target(global_index)?,
                Operator::I32Const { value } => Target::Constant(Constant::I32(value)),
                other => {
                    function.instruction(&self.instruction(other)?);
                    if let Some((deepened, local)) = deeper.take() {
                        deepened.take(&mut function, local, self.global_index(self.stack_pointer()?)?);
                    }
                    continue;
                }
            };
            match target {
                Target::Constant(Constant::I32(value)) => pending = Some(value),
                Target::Constant(value) => {
                    function.instruction(&constant(value)?);
                }
                Target::Global(global) => {
                    function.instruction(&Instruction::GlobalGet(global));
                }
            }
        }
        section.function(&function);
        Ok(())
    }

    /// The index of the stack's pointer among the globals of the instance.
    fn stack_pointer(&self) -> Result<u32, FuseError> {
        let globals = self.instance.globals.iter();
        let place = globals.zip(0..).find(|(global, _)| self.linked.stack_pointers.contains(global));
        place.map(|(_, index)| index).ok_or_else(|| FuseError::Unsupported("a module without a stack".into()))
    }

    fn target(&self, global: u32) -> Result<Target, FuseError> {
        let global = *item(&self.instance.globals, global, "global")?;
        item(&self.plan.targets, global, "global").copied()
    }

    /// The function that an indirect call of a constant slot calls. Tables
    /// never change, so this is known; a mismatch of types is left to trap.
    fn direct(&self, slot: i32, ty: u32, table: u32) -> Result<Option<u32>, FuseError> {
        let table = *item(&self.instance.tables, table, "table")?;
        let table = item(&self.linked.tables, table, "table")?;
        let Some(Some(callee)) = table.slots.get(slot as u32 as usize) else {
            return Ok(None);
        };
        let same = self.linked.type_of(*callee)? == *item(&self.instance.types, ty, "type")?;
        Ok(same.then_some(*callee))
    }
}

fn constant(value: Constant) -> Result<Instruction<'static>, FuseError> {
    Ok(match value {
        Constant::I32(value) => Instruction::I32Const(value),
        Constant::I64(value) => Instruction::I64Const(value),
        Constant::F32(bits) => Instruction::F32Const(wasm_encoder::Ieee32::new(bits)),
        Constant::F64(bits) => Instruction::F64Const(wasm_encoder::Ieee64::new(bits)),
        Constant::NullFunction | Constant::Function(_) => {
            return Err(FuseError::Unsupported("a global that is a reference".into()));
        }
    })
}

/// An index that does not exist, which validation rules out.
fn dangling() -> reencode::Error<Infallible> {
    reencode::Error::InvalidConstExpr
}

fn lookup(space: &[u32], index: u32) -> Result<u32, reencode::Error<Infallible>> {
    space.get(index as usize).copied().ok_or_else(dangling)
}

impl Reencode for Rewriter<'_, '_> {
    type Error = Infallible;

    fn type_index(&mut self, index: u32) -> Result<u32, reencode::Error> {
        lookup(&self.instance.types, index)
    }

    fn function_index(&mut self, index: u32) -> Result<u32, reencode::Error> {
        lookup(&self.instance.functions, index)
    }

    fn table_index(&mut self, index: u32) -> Result<u32, reencode::Error> {
        lookup(&self.instance.tables, index)
    }

    fn memory_index(&mut self, index: u32) -> Result<u32, reencode::Error> {
        lookup(&self.instance.memories, index)
    }

    fn global_index(&mut self, index: u32) -> Result<u32, reencode::Error> {
        match self.target(index) {
            Ok(Target::Global(global)) => Ok(global),
            _ => Err(dangling()),
        }
    }
}

/// Function names as in the original modules, for profiles.
fn names(modules: &[CoreModule<'_>], linked: &Linked<'_>) -> NameSection {
    let mut by_index: HashMap<u32, String> = HashMap::new();
    for (index, (host, _)) in linked.imports.iter().enumerate() {
        by_index.insert(index as u32, format!("{}.{}", host.module, host.name));
    }
    for instance in &linked.instances {
        let module = &modules[instance.module];
        for (local, name) in &module.names {
            let imported = module.imported_functions.len();
            if (*local as usize) < imported {
                continue;
            }
            if let Some(index) = instance.functions.get(*local as usize) {
                by_index.insert(*index, (*name).to_string());
            }
        }
    }
    let mut sorted: Vec<_> = by_index.into_iter().collect();
    sorted.sort_unstable();
    let mut map = NameMap::new();
    for (index, name) in &sorted {
        map.append(*index, name);
    }
    let mut section = NameSection::new();
    section.functions(&map);
    section
}
