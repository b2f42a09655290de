//! First step of fusing: reads the outer structure of a component.
//!
//! A component is a list of definitions in several index spaces. Only what
//! decides how core modules are wired together is kept; component-level types
//! are merely counted, because later definitions refer to them by index.

use wasmparser::{
    CanonicalFunction, CanonicalOption, ComponentAlias, ComponentExternalKind, ComponentInstance,
    ComponentOuterAliasKind, ComponentTypeRef, ExternalKind, Instance, Parser, Payload,
};

use super::FuseError;

/// A function of the core function index space of the component.
#[derive(Debug, Clone)]
pub(super) enum CoreFunction<'a> {
    /// Exported by a core instance.
    Export(ExportOf<'a>),
    /// Something that the host has to provide.
    Host(HostFunction),
}

/// An item called `name` among the exports of the core instance `instance`.
#[derive(Debug, Clone, Copy)]
pub(super) struct ExportOf<'a> {
    /// Index in the core instance index space.
    pub instance: u32,
    /// Name of the export.
    pub name: &'a str,
}

/// A function that the fused module imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HostFunction {
    /// Interface that the component imports, or `$root`.
    pub module: String,
    /// Name of the function in that interface.
    pub name: String,
    /// Core function that allocates guest memory for results, if needed.
    pub realloc: Option<u32>,
}

/// A core instance of the component.
#[derive(Debug, Clone)]
pub(super) enum CoreInstance<'a> {
    /// An instantiation of the core module `module`.
    Module {
        /// Index in the core module index space.
        module: u32,
        /// Import module names and the core instances which satisfy them.
        arguments: Vec<(&'a str, u32)>,
    },
    /// A bag of items of the component's core index spaces.
    Bag(Vec<(&'a str, ExternalKind, u32)>),
}

/// A component function made out of a core function.
#[derive(Debug, Clone)]
pub(super) struct Lifted {
    /// The core function behind it.
    pub function: u32,
    /// Core function which allocates parameters, if any.
    pub realloc: Option<u32>,
    /// Core function which releases the results, if any.
    pub post_return: Option<u32>,
}

/// A function of the component function index space.
#[derive(Debug, Clone)]
enum ComponentFunction {
    Imported {
        interface: String,
        name: String,
    },
    Lifted(Lifted),
    /// Belongs to a nested component instance; only an error when used.
    Opaque,
}

/// What matters here of a type in the component type index space.
#[derive(Debug, Clone)]
enum ComponentType {
    Imported { interface: String, name: String },
    Other,
}

/// Everything that linking needs to know about a component.
#[derive(Debug, Default)]
pub(super) struct Structure<'a> {
    /// Binaries of the core modules.
    pub modules: Vec<&'a [u8]>,
    /// Core instances in order of instantiation.
    pub instances: Vec<CoreInstance<'a>>,
    /// Core function index space.
    pub functions: Vec<CoreFunction<'a>>,
    /// Core table index space.
    pub tables: Vec<ExportOf<'a>>,
    /// Core memory index space.
    pub memories: Vec<ExportOf<'a>>,
    /// Core global index space.
    pub globals: Vec<ExportOf<'a>>,
    /// Core memories named by canonical options.
    pub canonical_memories: Vec<u32>,
    /// Functions which the component itself exports, in order.
    pub exports: Vec<(&'a str, Lifted)>,
}

/// State while walking: the parts of the index spaces that linking does not need.
#[derive(Default)]
struct Walker<'a> {
    out: Structure<'a>,
    component_functions: Vec<ComponentFunction>,
    component_types: Vec<ComponentType>,
    /// For every component instance the interface name, if it is imported.
    component_instances: Vec<Option<String>>,
}

/// Reads the structure of a (valid) component.
pub(super) fn walk(component: &[u8]) -> Result<Structure<'_>, FuseError> {
    let mut walker = Walker::default();
    // Payloads of nested binaries come in between; they are skipped here. Core
    // modules are read later, and nested components are instantiated only to
    // rename types and functions of exported interfaces, which are not carried
    // over.
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::ModuleSection { unchecked_range, .. } => {
                depth += 1;
                if depth == 1 {
                    let module = component
                        .get(unchecked_range)
                        .ok_or_else(|| FuseError::Unsupported("a truncated core module".into()))?;
                    walker.out.modules.push(module);
                }
            }
            Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            other if depth == 0 => walker.payload(other)?,
            _ => {}
        }
    }
    Ok(walker.out)
}

impl<'a> Walker<'a> {
    fn payload(&mut self, payload: Payload<'a>) -> Result<(), FuseError> {
        match payload {
            Payload::Version { .. } | Payload::CustomSection(_) | Payload::CoreTypeSection(_) => {}
            Payload::InstanceSection(section) => {
                for instance in section {
                    self.core_instance(instance?);
                }
            }
            Payload::ComponentInstanceSection(section) => {
                for instance in section {
                    let (ComponentInstance::Instantiate { .. } | ComponentInstance::FromExports(_)) =
                        instance?;
                    self.component_instances.push(None);
                }
            }
            Payload::ComponentTypeSection(section) => {
                for ty in section {
                    ty?;
                    self.component_types.push(ComponentType::Other);
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    self.alias(alias?)?;
                }
            }
            Payload::ComponentCanonicalSection(section) => {
                for function in section {
                    self.canonical(function?)?;
                }
            }
            Payload::ComponentImportSection(section) => {
                for import in section {
                    let import = import?;
                    self.import(import.name.name, import.ty)?;
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    let export = export?;
                    self.export(export.name.name, export.kind, export.index)?;
                }
            }
            other => {
                return Err(FuseError::Unsupported(format!("a section of the component: {other:?}")));
            }
        }
        Ok(())
    }

    fn core_instance(&mut self, instance: Instance<'a>) {
        self.out.instances.push(match instance {
            Instance::Instantiate { module_index, args } => CoreInstance::Module {
                module: module_index,
                arguments: args.iter().map(|arg| (arg.name, arg.index)).collect(),
            },
            Instance::FromExports(exports) => CoreInstance::Bag(
                exports.iter().map(|export| (export.name, export.kind, export.index)).collect(),
            ),
        });
    }

    fn import(&mut self, name: &str, ty: ComponentTypeRef) -> Result<(), FuseError> {
        let interface = "$root".to_string();
        let name = name.to_string();
        match ty {
            ComponentTypeRef::Instance(_) => self.component_instances.push(Some(name)),
            ComponentTypeRef::Func(_) => {
                self.component_functions.push(ComponentFunction::Imported { interface, name })
            }
            ComponentTypeRef::Type(_) => {
                self.component_types.push(ComponentType::Imported { interface, name })
            }
            other => {
                return Err(FuseError::Unsupported(format!("the import {name} of type {other:?}")));
            }
        }
        Ok(())
    }

    fn export(&mut self, name: &'a str, kind: ComponentExternalKind, index: u32) -> Result<(), FuseError> {
        match kind {
            ComponentExternalKind::Func => {
                let function = item(&self.component_functions, index, "function")?.clone();
                let ComponentFunction::Lifted(lifted) = &function else {
                    return Err(FuseError::Unsupported(format!(
                        "the export {name}, which is not a lifted function"
                    )));
                };
                self.out.exports.push((name, lifted.clone()));
                // An export is a new item of its index space.
                self.component_functions.push(function);
            }
            ComponentExternalKind::Type => {
                let ty = item(&self.component_types, index, "type")?.clone();
                self.component_types.push(ty);
            }
            ComponentExternalKind::Instance => {
                let instance = item(&self.component_instances, index, "instance")?.clone();
                self.component_instances.push(instance);
            }
            other => {
                return Err(FuseError::Unsupported(format!("the export {name} of kind {other:?}")));
            }
        }
        Ok(())
    }

    fn alias(&mut self, alias: ComponentAlias<'a>) -> Result<(), FuseError> {
        match alias {
            ComponentAlias::CoreInstanceExport { kind, instance_index, name } => {
                let export = ExportOf { instance: instance_index, name };
                match kind {
                    ExternalKind::Func => self.out.functions.push(CoreFunction::Export(export)),
                    ExternalKind::Table => self.out.tables.push(export),
                    ExternalKind::Memory => self.out.memories.push(export),
                    ExternalKind::Global => self.out.globals.push(export),
                    other => {
                        return Err(FuseError::Unsupported(format!(
                            "the core export {name} of kind {other:?}"
                        )));
                    }
                }
            }
            ComponentAlias::InstanceExport { kind, instance_index, name } => {
                let interface = item(&self.component_instances, instance_index, "instance")?.clone();
                match (kind, interface) {
                    (ComponentExternalKind::Func, Some(interface)) => {
                        let name = name.to_string();
                        self.component_functions.push(ComponentFunction::Imported { interface, name });
                    }
                    (ComponentExternalKind::Func, None) => {
                        self.component_functions.push(ComponentFunction::Opaque);
                    }
                    (ComponentExternalKind::Type, Some(interface)) => {
                        let name = name.to_string();
                        self.component_types.push(ComponentType::Imported { interface, name });
                    }
                    (ComponentExternalKind::Type, None) => {
                        self.component_types.push(ComponentType::Other);
                    }
                    (ComponentExternalKind::Instance, _) => self.component_instances.push(None),
                    (other, _) => {
                        return Err(FuseError::Unsupported(format!("an alias of {name} of kind {other:?}")));
                    }
                }
            }
            ComponentAlias::Outer { kind: ComponentOuterAliasKind::Type, .. } => {
                self.component_types.push(ComponentType::Other)
            }
            ComponentAlias::Outer { kind, .. } => {
                return Err(FuseError::Unsupported(format!("an outer alias of {kind:?}")));
            }
        }
        Ok(())
    }

    fn canonical(&mut self, function: CanonicalFunction) -> Result<(), FuseError> {
        match function {
            CanonicalFunction::Lift { core_func_index, options, .. } => {
                let options = self.options(&options)?;
                self.component_functions.push(ComponentFunction::Lifted(Lifted {
                    function: core_func_index,
                    realloc: options.realloc,
                    post_return: options.post_return,
                }));
            }
            CanonicalFunction::Lower { func_index, options } => {
                let options = self.options(&options)?;
                let function = item(&self.component_functions, func_index, "function")?;
                let ComponentFunction::Imported { interface, name } = function else {
                    return Err(FuseError::Unsupported("lowering a function which is not imported".into()));
                };
                let host =
                    HostFunction { module: interface.clone(), name: name.clone(), realloc: options.realloc };
                self.out.functions.push(CoreFunction::Host(host));
            }
            CanonicalFunction::ResourceDrop { resource } => {
                let ComponentType::Imported { interface, name } =
                    item(&self.component_types, resource, "type")?
                else {
                    return Err(FuseError::Unsupported("dropping a resource which is not imported".into()));
                };
                let host = HostFunction {
                    module: interface.clone(),
                    name: format!("[resource-drop]{name}"),
                    realloc: None,
                };
                self.out.functions.push(CoreFunction::Host(host));
            }
            other => {
                return Err(FuseError::Unsupported(format!("the canonical function {other:?}")));
            }
        }
        Ok(())
    }

    fn options(&mut self, options: &[CanonicalOption]) -> Result<Options, FuseError> {
        let mut out = Options::default();
        for option in options {
            match *option {
                CanonicalOption::UTF8 => {}
                CanonicalOption::Memory(memory) => self.out.canonical_memories.push(memory),
                CanonicalOption::Realloc(function) => out.realloc = Some(function),
                CanonicalOption::PostReturn(function) => out.post_return = Some(function),
                other => {
                    return Err(FuseError::Unsupported(format!("the canonical option {other:?}")));
                }
            }
        }
        Ok(out)
    }
}

#[derive(Default)]
struct Options {
    realloc: Option<u32>,
    post_return: Option<u32>,
}

/// Looks up an item of an index space.
pub(super) fn item<'s, T>(space: &'s [T], index: u32, what: &str) -> Result<&'s T, FuseError> {
    space
        .get(index as usize)
        .ok_or_else(|| FuseError::Unsupported(format!("a dangling {what} index {index}")))
}
