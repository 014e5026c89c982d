// SPDX-License-Identifier: Apache-2.0
// The meta-schemas of JSON Schema 2020-12, so that a schema may refer to them without a network.
// They are data of the specification (https://json-schema.org/draft/2020-12, under the Academic
// Free License 3.0), here without white space.
#include "tree.h"

static const struct {
    Str uri, text;
} documents[] = {
    {STR("https://json-schema.org/draft/2020-12/schema"),
     STR("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"$id\":\"https://json"
         "-schema.org/draft/2020-12/schema\",\"$vocabulary\":{\"https://json-schema.org/draft/"
         "2020-12/vocab/core\":true,\"https://json-schema.org/draft/2020-12/vocab/applicator\""
         ":true,\"https://json-schema.org/draft/2020-12/vocab/unevaluated\":true,\"https://jso"
         "n-schema.org/draft/2020-12/vocab/validation\":true,\"https://json-schema.org/draft/2"
         "020-12/vocab/meta-data\":true,\"https://json-schema.org/draft/2020-12/vocab/format-a"
         "nnotation\":true,\"https://json-schema.org/draft/2020-12/vocab/content\":true},\"$dy"
         "namicAnchor\":\"meta\",\"title\":\"Core and Validation specifications meta-schema\","
         "\"allOf\":[{\"$ref\":\"meta/core\"},{\"$ref\":\"meta/applicator\"},{\"$ref\":\"meta/"
         "unevaluated\"},{\"$ref\":\"meta/validation\"},{\"$ref\":\"meta/meta-data\"},{\"$ref\""
         ":\"meta/format-annotation\"},{\"$ref\":\"meta/content\"}],\"type\":[\"object\",\"boo"
         "lean\"],\"$comment\":\"This meta-schema also defines keywords that have appeared in "
         "previous drafts in order to prevent incompatible extensions as they remain in common"
         " use.\",\"properties\":{\"definitions\":{\"$comment\":\"\\\"definitions\\\" has been"
         " replaced by \\\"$defs\\\".\",\"type\":\"object\",\"additionalProperties\":{\"$dynam"
         "icRef\":\"#meta\"},\"deprecated\":true,\"default\":{}},\"dependencies\":{\"$comment\""
         ":\"\\\"dependencies\\\" has been split and replaced by \\\"dependentSchemas\\\" and "
         "\\\"dependentRequired\\\" in order to serve their differing semantics.\",\"type\":\""
         "object\",\"additionalProperties\":{\"anyOf\":[{\"$dynamicRef\":\"#meta\"},{\"$ref\":"
         "\"meta/validation#/$defs/stringArray\"}]},\"deprecated\":true,\"default\":{}},\"$rec"
         "ursiveAnchor\":{\"$comment\":\"\\\"$recursiveAnchor\\\" has been replaced by \\\"$dy"
         "namicAnchor\\\".\",\"$ref\":\"meta/core#/$defs/anchorString\",\"deprecated\":true},\""
         "$recursiveRef\":{\"$comment\":\"\\\"$recursiveRef\\\" has been replaced by \\\"$dyna"
         "micRef\\\".\",\"$ref\":\"meta/core#/$defs/uriReferenceString\",\"deprecated\":true}}"
         "}")},
    {STR("https://json-schema.org/draft/2020-12/meta/core"),
     STR("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"$id\":\"https://json"
         "-schema.org/draft/2020-12/meta/core\",\"$vocabulary\":{\"https://json-schema.org/dra"
         "ft/2020-12/vocab/core\":true},\"$dynamicAnchor\":\"meta\",\"title\":\"Core vocabular"
         "y meta-schema\",\"type\":[\"object\",\"boolean\"],\"properties\":{\"$id\":{\"$ref\":"
         "\"#/$defs/uriReferenceString\",\"$comment\":\"Non-empty fragments not allowed.\",\"p"
         "attern\":\"^[^#]*#?$\"},\"$schema\":{\"$ref\":\"#/$defs/uriString\"},\"$ref\":{\"$re"
         "f\":\"#/$defs/uriReferenceString\"},\"$anchor\":{\"$ref\":\"#/$defs/anchorString\"},"
         "\"$dynamicRef\":{\"$ref\":\"#/$defs/uriReferenceString\"},\"$dynamicAnchor\":{\"$ref"
         "\":\"#/$defs/anchorString\"},\"$vocabulary\":{\"type\":\"object\",\"propertyNames\":"
         "{\"$ref\":\"#/$defs/uriString\"},\"additionalProperties\":{\"type\":\"boolean\"}},\""
         "$comment\":{\"type\":\"string\"},\"$defs\":{\"type\":\"object\",\"additionalProperti"
         "es\":{\"$dynamicRef\":\"#meta\"}}},\"$defs\":{\"anchorString\":{\"type\":\"string\","
         "\"pattern\":\"^[A-Za-z_][-A-Za-z0-9._]*$\"},\"uriString\":{\"type\":\"string\",\"for"
         "mat\":\"uri\"},\"uriReferenceString\":{\"type\":\"string\",\"format\":\"uri-referenc"
         "e\"}}}")},
    {STR("https://json-schema.org/draft/2020-12/meta/applicator"),
     STR("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"$id\":\"https://json"
         "-schema.org/draft/2020-12/meta/applicator\",\"$vocabulary\":{\"https://json-schema.o"
         "rg/draft/2020-12/vocab/applicator\":true},\"$dynamicAnchor\":\"meta\",\"title\":\"Ap"
         "plicator vocabulary meta-schema\",\"type\":[\"object\",\"boolean\"],\"properties\":{"
         "\"prefixItems\":{\"$ref\":\"#/$defs/schemaArray\"},\"items\":{\"$dynamicRef\":\"#met"
         "a\"},\"contains\":{\"$dynamicRef\":\"#meta\"},\"additionalProperties\":{\"$dynamicRe"
         "f\":\"#meta\"},\"properties\":{\"type\":\"object\",\"additionalProperties\":{\"$dyna"
         "micRef\":\"#meta\"},\"default\":{}},\"patternProperties\":{\"type\":\"object\",\"add"
         "itionalProperties\":{\"$dynamicRef\":\"#meta\"},\"propertyNames\":{\"format\":\"rege"
         "x\"},\"default\":{}},\"dependentSchemas\":{\"type\":\"object\",\"additionalPropertie"
         "s\":{\"$dynamicRef\":\"#meta\"},\"default\":{}},\"propertyNames\":{\"$dynamicRef\":\""
         "#meta\"},\"if\":{\"$dynamicRef\":\"#meta\"},\"then\":{\"$dynamicRef\":\"#meta\"},\"e"
         "lse\":{\"$dynamicRef\":\"#meta\"},\"allOf\":{\"$ref\":\"#/$defs/schemaArray\"},\"any"
         "Of\":{\"$ref\":\"#/$defs/schemaArray\"},\"oneOf\":{\"$ref\":\"#/$defs/schemaArray\"}"
         ",\"not\":{\"$dynamicRef\":\"#meta\"}},\"$defs\":{\"schemaArray\":{\"type\":\"array\""
         ",\"minItems\":1,\"items\":{\"$dynamicRef\":\"#meta\"}}}}")},
    {STR("https://json-schema.org/draft/2020-12/meta/unevaluated"),
     STR("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"$id\":\"https://json"
         "-schema.org/draft/2020-12/meta/unevaluated\",\"$vocabulary\":{\"https://json-schema."
         "org/draft/2020-12/vocab/unevaluated\":true},\"$dynamicAnchor\":\"meta\",\"title\":\""
         "Unevaluated applicator vocabulary meta-schema\",\"type\":[\"object\",\"boolean\"],\""
         "properties\":{\"unevaluatedItems\":{\"$dynamicRef\":\"#meta\"},\"unevaluatedProperti"
         "es\":{\"$dynamicRef\":\"#meta\"}}}")},
    {STR("https://json-schema.org/draft/2020-12/meta/validation"),
     STR("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"$id\":\"https://json"
         "-schema.org/draft/2020-12/meta/validation\",\"$vocabulary\":{\"https://json-schema.o"
         "rg/draft/2020-12/vocab/validation\":true},\"$dynamicAnchor\":\"meta\",\"title\":\"Va"
         "lidation vocabulary meta-schema\",\"type\":[\"object\",\"boolean\"],\"properties\":{"
         "\"type\":{\"anyOf\":[{\"$ref\":\"#/$defs/simpleTypes\"},{\"type\":\"array\",\"items\""
         ":{\"$ref\":\"#/$defs/simpleTypes\"},\"minItems\":1,\"uniqueItems\":true}]},\"const\""
         ":true,\"enum\":{\"type\":\"array\",\"items\":true},\"multipleOf\":{\"type\":\"number"
         "\",\"exclusiveMinimum\":0},\"maximum\":{\"type\":\"number\"},\"exclusiveMaximum\":{\""
         "type\":\"number\"},\"minimum\":{\"type\":\"number\"},\"exclusiveMinimum\":{\"type\":"
         "\"number\"},\"maxLength\":{\"$ref\":\"#/$defs/nonNegativeInteger\"},\"minLength\":{\""
         "$ref\":\"#/$defs/nonNegativeIntegerDefault0\"},\"pattern\":{\"type\":\"string\",\"fo"
         "rmat\":\"regex\"},\"maxItems\":{\"$ref\":\"#/$defs/nonNegativeInteger\"},\"minItems\""
         ":{\"$ref\":\"#/$defs/nonNegativeIntegerDefault0\"},\"uniqueItems\":{\"type\":\"boole"
         "an\",\"default\":false},\"maxContains\":{\"$ref\":\"#/$defs/nonNegativeInteger\"},\""
         "minContains\":{\"$ref\":\"#/$defs/nonNegativeInteger\",\"default\":1},\"maxPropertie"
         "s\":{\"$ref\":\"#/$defs/nonNegativeInteger\"},\"minProperties\":{\"$ref\":\"#/$defs/"
         "nonNegativeIntegerDefault0\"},\"required\":{\"$ref\":\"#/$defs/stringArray\"},\"depe"
         "ndentRequired\":{\"type\":\"object\",\"additionalProperties\":{\"$ref\":\"#/$defs/st"
         "ringArray\"}}},\"$defs\":{\"nonNegativeInteger\":{\"type\":\"integer\",\"minimum\":0"
         "},\"nonNegativeIntegerDefault0\":{\"$ref\":\"#/$defs/nonNegativeInteger\",\"default\""
         ":0},\"simpleTypes\":{\"enum\":[\"array\",\"boolean\",\"integer\",\"null\",\"number\""
         ",\"object\",\"string\"]},\"stringArray\":{\"type\":\"array\",\"items\":{\"type\":\"s"
         "tring\"},\"uniqueItems\":true,\"default\":[]}}}")},
    {STR("https://json-schema.org/draft/2020-12/meta/format-annotation"),
     STR("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"$id\":\"https://json"
         "-schema.org/draft/2020-12/meta/format-annotation\",\"$vocabulary\":{\"https://json-s"
         "chema.org/draft/2020-12/vocab/format-annotation\":true},\"$dynamicAnchor\":\"meta\","
         "\"title\":\"Format vocabulary meta-schema for annotation results\",\"type\":[\"objec"
         "t\",\"boolean\"],\"properties\":{\"format\":{\"type\":\"string\"}}}")},
    {STR("https://json-schema.org/draft/2020-12/meta/format-assertion"),
     STR("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"$id\":\"https://json"
         "-schema.org/draft/2020-12/meta/format-assertion\",\"$vocabulary\":{\"https://json-sc"
         "hema.org/draft/2020-12/vocab/format-assertion\":true},\"$dynamicAnchor\":\"meta\",\""
         "title\":\"Format vocabulary meta-schema for assertion results\",\"type\":[\"object\""
         ",\"boolean\"],\"properties\":{\"format\":{\"type\":\"string\"}}}")},
    {STR("https://json-schema.org/draft/2020-12/meta/content"),
     STR("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"$id\":\"https://json"
         "-schema.org/draft/2020-12/meta/content\",\"$vocabulary\":{\"https://json-schema.org/"
         "draft/2020-12/vocab/content\":true},\"$dynamicAnchor\":\"meta\",\"title\":\"Content "
         "vocabulary meta-schema\",\"type\":[\"object\",\"boolean\"],\"properties\":{\"content"
         "Encoding\":{\"type\":\"string\"},\"contentMediaType\":{\"type\":\"string\"},\"conten"
         "tSchema\":{\"$dynamicRef\":\"#meta\"}}}")},
    {STR("https://json-schema.org/draft/2020-12/meta/meta-data"),
     STR("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"$id\":\"https://json"
         "-schema.org/draft/2020-12/meta/meta-data\",\"$vocabulary\":{\"https://json-schema.or"
         "g/draft/2020-12/vocab/meta-data\":true},\"$dynamicAnchor\":\"meta\",\"title\":\"Meta"
         "-data vocabulary meta-schema\",\"type\":[\"object\",\"boolean\"],\"properties\":{\"t"
         "itle\":{\"type\":\"string\"},\"description\":{\"type\":\"string\"},\"default\":true,"
         "\"deprecated\":{\"type\":\"boolean\",\"default\":false},\"readOnly\":{\"type\":\"boo"
         "lean\",\"default\":false},\"writeOnly\":{\"type\":\"boolean\",\"default\":false},\"e"
         "xamples\":{\"type\":\"array\",\"items\":true}}}")},
};

Str meta_text(Str uri)
{
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        if (str_eq(uri, documents[i].uri))
            return documents[i].text;
    return STR_NONE;
}
