//! Makes a module compress better without changing what it does.
//!
//! Compilers copy a generic function for every type it is used with, and the
//! copies are much alike. Gzip finds likeness within 32 KiB only, while the
//! binding generator leaves functions sorted by size, so that copies lie far
//! apart. Here, those that came out the same are kept once, and the rest are
//! sorted by name, which brings copies together.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::convert::Infallible;

use anyhow::Result;
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, Encode, FunctionSection, Module};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, FunctionBody, FunctionSectionReader, KnownCustom, Name,
    Parser, Payload, TypeRef,
};

/// The module with its functions merged and sorted, and without custom
/// sections, among them the names that it was sorted by.
pub(crate) fn pack(wasm: &[u8]) -> Result<Vec<u8>> {
    let functions = Functions::read(wasm)?;
    let kept = functions.distinct()?;
    let mut order: Vec<u32> = (functions.imported..functions.count())
        .filter(|index| kept[*index as usize] == *index)
        .collect();
    order.sort_by_key(|index| {
        (
            by_trait(functions.name(*index)),
            functions.body(*index).as_bytes(),
        )
    });

    let mut moved: Vec<u32> = (0..functions.count()).collect();
    for (place, index) in (functions.imported..).zip(&order) {
        moved[*index as usize] = place;
    }
    let indices = kept.iter().map(|kept| moved[*kept as usize]).collect();
    let order = order
        .iter()
        .map(|index| (index - functions.imported) as usize)
        .collect();
    let mut module = Module::new();
    Packer { indices, order }.parse_core_module(&mut module, Parser::new(0), wasm)?;
    Ok(module.finish())
}

/// A name as it sorts: what many types implement stands together, whatever the
/// type. `<Type as Trait>::method` sorts by trait and method first.
fn by_trait(name: &str) -> (&str, &str) {
    name.strip_prefix('<')
        .and_then(|name| name.split_once(" as "))
        .map_or((name, ""), |(implementor, method)| (method, implementor))
}

/// What a module says about its functions. Imported ones come first in the
/// index space; they have neither type nor body here.
struct Functions<'a> {
    imported: u32,
    types: Vec<u32>,
    bodies: Vec<FunctionBody<'a>>,
    names: HashMap<u32, &'a str>,
}

impl<'a> Functions<'a> {
    fn read(wasm: &'a [u8]) -> Result<Self> {
        let mut functions = Self {
            imported: 0,
            types: Vec::new(),
            bodies: Vec::new(),
            names: HashMap::new(),
        };
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        if matches!(import?.ty, TypeRef::Func(_)) {
                            functions.imported += 1;
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    functions.types = section.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::CodeSectionEntry(body) => functions.bodies.push(body),
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(names) = section.as_known() {
                        functions.read_names(names)?;
                    }
                }
                _ => {}
            }
        }
        Ok(functions)
    }

    fn read_names(&mut self, names: wasmparser::NameSectionReader<'a>) -> Result<()> {
        for name in names {
            if let Name::Function(names) = name? {
                for naming in names {
                    let naming = naming?;
                    self.names.insert(naming.index, naming.name);
                }
            }
        }
        Ok(())
    }

    fn count(&self) -> u32 {
        self.imported + self.types.len() as u32
    }

    fn body(&self, index: u32) -> &FunctionBody<'a> {
        &self.bodies[(index - self.imported) as usize]
    }

    /// The name without the hash that tells copies apart.
    fn name(&self, index: u32) -> &'a str {
        let name = self.names.get(&index).copied().unwrap_or_default();
        name.rsplit_once("::h").map_or(name, |(name, _)| name)
    }

    /// For every function the first one that does the same. Functions that
    /// differ only in which of equal functions they call are found in rounds.
    fn distinct(&self) -> Result<Vec<u32>> {
        let mut kept: Vec<u32> = (0..self.count()).collect();
        loop {
            let mut packer = Packer {
                indices: kept.clone(),
                order: Vec::new(),
            };
            let mut seen = HashMap::new();
            let before = kept.clone();
            for index in self.imported..self.count() {
                let mut code = CodeSection::new();
                packer.parse_function_body(&mut code, self.body(index).clone())?;
                let mut bytes = Vec::new();
                code.encode(&mut bytes);
                let local = (index - self.imported) as usize;
                kept[index as usize] = match seen.entry((self.types[local], bytes)) {
                    Entry::Occupied(first) => *first.get(),
                    Entry::Vacant(place) => *place.insert(index),
                };
            }
            if kept == before {
                return Ok(kept);
            }
        }
    }
}

/// Writes a module anew with other function indices.
struct Packer {
    /// The new index of every function.
    indices: Vec<u32>,
    /// The functions to write, counted from the first that is not imported.
    order: Vec<usize>,
}

impl Reencode for Packer {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        Ok(self.indices[index as usize])
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let types = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for local in &self.order {
            functions.function(types[*local]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let bodies = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for local in self.order.clone() {
            self.parse_function_body(code, bodies[local].clone())?;
        }
        Ok(())
    }

    fn parse_custom_section(
        &mut self,
        _: &mut Module,
        _: CustomSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        Ok(())
    }
}
