// SPDX-License-Identifier: Apache-2.0
// The room's door: source -> program, program -> value.
#include "inside.h"

const CelProgram *cel_compile(Arena *arena, Str source, const CelEnv *env, CelFault *fault)
{
    CelProgram *program = arena_new_of(arena, CelProgram);
    program->source = str_copy(arena, source.len <= CEL_SOURCE_MAX ? source : STR_NONE);
    program->root =
        cel_parse(arena, source.len <= CEL_SOURCE_MAX ? program->source : source, fault);
    if (!program->root)
        return NULL;
    program->result = cel_check(arena, program->root, program->source, env, &program->reads, fault);
    if (!program->result)
        return NULL;
    program->constant = cel_fold(arena, program->root);
    return program;
}

const CelType *cel_result(const CelProgram *program)
{
    return program->result;
}

Str cel_source(const CelProgram *program)
{
    return program->source;
}

uint64_t cel_reads(const CelProgram *program)
{
    return program->reads;
}

int cel_constant(const CelProgram *program)
{
    return program->constant;
}

CelValue cel_eval(const CelProgram *program, const CelRun *given)
{
    Run run;
    cel_run_start(&run, given);
    return cel_run(&run, program->root);
}

bool cel_true(const CelProgram *program, const CelRun *given, const Message **error)
{
    static const Message no_condition = {
        .text = {"le résultat n'est ni vrai ni faux", "the result is neither true nor false"}};
    CelValue value = cel_eval(program, given);
    if (error)
        *error = value.kind == CEL_ERROR  ? value.error
                 : value.kind == CEL_BOOL ? NULL
                                          : &no_condition;
    return value.kind == CEL_BOOL && value.boolean;
}
