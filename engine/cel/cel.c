// SPDX-License-Identifier: Apache-2.0
// The room's door: source -> program, and what is known of it without running it.
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
    return cel_fold(arena, program->root, &program->constant, env->strict ? fault : NULL) ? program
                                                                                          : NULL;
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
