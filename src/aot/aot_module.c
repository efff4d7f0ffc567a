/* aot_module.c - the C of a module that is not a function's body.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_module.h"

#include "aot/aot_func.h"
#include "aot/aot_source.h"
#include "engine/engine_abi.h"

/* `typedef u32 (*t5)(VIV_P u32,u32);` for each type that is the first of its
 * kind. */
static void write_types(const struct wasm_module *module, struct base_buf *out)
{
    for (uint32_t i = 0; i < module->type_count; i++) {
        const struct wasm_func_type *type = &module->types[i];

        if (type->canon != i)
            continue;
        base_buf_format(out, "typedef %s (*t%u)", aot_return_type(type), i);
        aot_params_write(out, type, false);
        base_buf_text(out, ";\n");
    }
}

static void write_signature(const struct aot_module_text *text, uint32_t index,
                            bool names, struct base_buf *out)
{
    const struct wasm_func_type *type = wasm_type_of_func(text->module, index);

    base_buf_text(out, aot_return_type(type));
    base_buf_char(out, ' ');
    base_buf_text(out, text->names[index]);
    aot_params_write(out, type, names);
}

void aot_module_write_head(const struct aot_module_text *text,
                           struct base_buf *out)
{
    const struct wasm_module *module = text->module;

    base_buf_format(out, "#define VIV_TRANSFER_AT (%d)\n",
                    text->layout->transfer_at);
    base_buf_text(out, "#include \"aot_prelude.h\"\n");
    if ((module->features & WASM_FEATURE_SIMD) != 0)
        base_buf_text(out, "#include \"aot_prelude_simd.h\"\n");
    base_buf_text(out, "#pragma GCC visibility push(hidden)\n");
    write_types(module, out);
    for (uint32_t i = 0; i < module->func_count; i++) {
        if (text->needed[i] == AOT_NEED_NOT)
            continue;
        if (text->needed[i] == AOT_NEED_NO_TAIL)
            base_buf_text(out, "VIV_NO_TAIL ");
        if (text->needed[i] == AOT_NEED_ALL_TAIL)
            base_buf_text(out, "VIV_ALL_TAIL ");
        write_signature(text, i, false, out);
        base_buf_text(out, ";\n");
    }
    base_buf_char(out, '\n');
}

/* `VIV_SLOT(u32,3)=l3;` for the C parameters; the others are there. */
static void write_to_slots(const struct wasm_func_type *type,
                           struct base_buf *out)
{
    struct aot_args args = {.type = type};

    for (uint32_t i = 0; i < type->param_count; i++)
        if (aot_args_next(&args, i))
            base_buf_format(out, "VIV_SLOT(%s,%u)=l%u;\n",
                            aot_c_type(type->params[i]), i, i);
}

/* `VIV_B VIV_SLOT(u32,0),...` or `VIV_B0` */
static void write_from_slots(const struct wasm_func_type *type,
                             struct base_buf *out)
{
    struct aot_args args = {.type = type};
    bool any = false;

    for (uint32_t i = 0; i < type->param_count; i++) {
        if (!aot_args_next(&args, i))
            continue;
        base_buf_format(out, "%sVIV_SLOT(%s,%u)", any ? "," : "VIV_B ",
                        aot_c_type(type->params[i]), i);
        any = true;
    }
    if (!any)
        base_buf_text(out, "VIV_B0");
}

/* An imported function, as the guest calls it. */
static void write_thunk(const struct aot_module_text *text, uint32_t index,
                        struct base_buf *out)
{
    const struct wasm_func_type *type = wasm_type_of_func(text->module, index);

    write_signature(text, index, true, out);
    base_buf_text(out, "\n{\n");
    write_to_slots(type, out);
    base_buf_format(out, "VIV_HELPERS->host_call(VIV_BASE,%uu);\n", index);
    if (type->result_count > 0)
        base_buf_format(out, "return VIV_SLOT(%s,0);\n",
                        aot_c_type(type->results[0]));
    base_buf_text(out, "}\n\n");
}

/* A guest function, as the engine calls it. */
static void write_enter(const struct wasm_func_type *type, uint32_t index,
                        struct base_buf *out)
{
    base_buf_format(out,
                    "static void enter%u(char *base,engine_func func)\n{\n"
                    "(void)base;\n",
                    index);
    if (type->result_count > 0)
        base_buf_format(out, "%s result=", aot_c_type(type->results[0]));
    base_buf_format(out, "((t%u)func)(", index);
    write_from_slots(type, out);
    base_buf_text(out, ");\n");
    if (type->result_count > 0)
        base_buf_format(out, "VIV_SLOT(%s,0)=result;\n",
                        aot_c_type(type->results[0]));
    base_buf_text(out, "}\n\n");
}

static void write_tables(const struct aot_module_text *text,
                         struct base_buf *out)
{
    const struct wasm_module *module = text->module;

    /* One more than there are: C has no empty arrays. */
    base_buf_format(out, "const engine_func viv_funcs[%u]={\n",
                    module->func_count + 1);
    for (uint32_t i = 0; i < module->func_count; i++) {
        base_buf_text(out, "(engine_func)");
        base_buf_text(out, text->names[i]);
        base_buf_text(out, ",\n");
    }
    base_buf_format(out, "};\nstatic const engine_enter enters[%u]={\n",
                    module->type_count + 1);
    for (uint32_t i = 0; i < module->type_count; i++)
        if (module->types[i].canon == i)
            base_buf_format(out, "[%u]=enter%u,\n", i, i);
    base_buf_text(out, "};\n");
}

/* The note has the header as its descriptor; the skeleton is plain data. */
static void write_descriptor(const struct aot_module_text *text,
                             struct base_buf *out)
{
    const struct wasm_module *module = text->module;

    base_buf_format(out,
                    "extern const u8 viv_skeleton[];\n"
                    "__asm__(\".pushsection " ENGINE_SKELETON_SECTION
                    ",\\\"a\\\",@progbits\\n\"\n"
                    "\".balign 16\\n.hidden viv_skeleton\\n\"\n"
                    "\"viv_skeleton: .incbin \\\"" AOT_SKELETON_FILE
                    "\\\"\\n\"\n"
                    "\".popsection\\n\"\n"
                    "\".pushsection .note.vivarium,\\\"a\\\",@note\\n\"\n"
                    "\".balign 4\\n.long 9,%u,%u\\n\"\n"
                    "\".asciz \\\"" ENGINE_NOTE_NAME "\\\"\\n.balign 4\\n\"\n"
                    "\".incbin \\\"" AOT_HEADER_FILE "\\\"\\n.balign 4\\n\"\n"
                    "\".popsection\");\n",
                    (unsigned)sizeof(struct engine_header), ENGINE_NOTE_HEADER);
    base_buf_format(out,
                    "#pragma GCC visibility push(default)\n"
                    "const struct engine_code " ENGINE_CODE_SYMBOL "={\n"
                    "ENGINE_ABI_VERSION,%u,%u,%u,viv_funcs,enters,"
                    "viv_skeleton};\n"
                    "#pragma GCC visibility pop\n",
                    module->func_count, module->type_count,
                    text->skeleton_bytes);
}

void aot_module_write_tail(const struct aot_module_text *text,
                           struct base_buf *out)
{
    const struct wasm_module *module = text->module;

    for (uint32_t i = 0; i < module->func_import_count; i++)
        write_thunk(text, i, out);
    for (uint32_t i = 0; i < module->type_count; i++)
        if (module->types[i].canon == i)
            write_enter(&module->types[i], i, out);
    write_tables(text, out);
    write_descriptor(text, out);
}
