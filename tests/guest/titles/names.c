/* Objects by name: links, directories, and what becomes of names when nobody holds them. */
#include <xe360/test.h>

#include "check.h"

#define NAME_EXISTS      0x40000000u
#define NAME_NOT_FOUND   0xC0000034u
#define BUFFER_TOO_SMALL 0xC0000023u
#define CASE_INSENSITIVE 0x40u

struct string {
    u16 length, maximum;
    char *buffer;
};

NTSTATUS ObCreateSymbolicLink(const struct string *name, const struct string *target);
NTSTATUS ObDeleteSymbolicLink(const struct string *name);
NTSTATUS NtOpenSymbolicLinkObject(HANDLE *link, struct object_attributes *attributes);
NTSTATUS NtQuerySymbolicLinkObject(HANDLE link, struct string *target, u32 *length);
NTSTATUS NtCreateDirectoryObject(HANDLE *directory, struct object_attributes *attributes);
NTSTATUS NtOpenDirectoryObject(HANDLE *directory, struct object_attributes *attributes);
NTSTATUS ObOpenObjectByName(struct object_attributes *attributes, void *type, void *context,
                            HANDLE *handle);
extern void *const volatile __imp_ExEventObjectType;
extern void *const volatile __imp_ExSemaphoreObjectType;

static struct ansi_string text_of(const char *text)
{
    struct ansi_string string = {0, 0, (char *)text};

    while (text[string.length])
        string.length++;
    string.maximum_length = string.length + 1;
    return string;
}

static struct object_attributes named(struct ansi_string *name)
{
    return (struct object_attributes){0, name, CASE_INSENSITIVE};
}

static struct string link_text(const char *text)
{
    struct ansi_string string = text_of(text);

    return (struct string){string.length, string.maximum_length, string.buffer};
}

static void links_lead_somewhere(void)
{
    struct string name = link_text("\\??\\mine:"), target = link_text("\\Device\\Nowhere");
    struct string elsewhere = link_text("\\Device\\Elsewhere");
    struct ansi_string path = text_of("\\??\\mine:");
    struct object_attributes attributes = named(&path);
    char room[32];
    struct string read = {0, sizeof(room), room}, small = {0, 4, room};
    HANDLE link = 0;
    u32 length = 0;

    TEST_STATUS(ObCreateSymbolicLink(&name, &target), STATUS_SUCCESS);
    TEST_TRUE(ObCreateSymbolicLink(&name, &elsewhere) < 0);
    TEST_STATUS(NtOpenSymbolicLinkObject(&link, &attributes), STATUS_SUCCESS);
    TEST_STATUS(NtQuerySymbolicLinkObject(link, &read, &length), STATUS_SUCCESS);
    TEST_EQUAL(read.length, target.length);
    TEST_MEMORY(room, target.buffer, target.length);
    TEST_STATUS(NtQuerySymbolicLinkObject(link, &small, NULL), BUFFER_TOO_SMALL);
    NtClose(link);
    TEST_STATUS(ObDeleteSymbolicLink(&name), STATUS_SUCCESS);
    TEST_TRUE(ObDeleteSymbolicLink(&name) < 0);
    TEST_TRUE(NtOpenSymbolicLinkObject(&link, &attributes) < 0);
}

static void names_are_found(void)
{
    struct ansi_string name = text_of("Names of mine"), other = text_of("names OF mine");
    struct object_attributes attributes = named(&name), found = named(&other);
    HANDLE first = 0, second = 0;

    TEST_STATUS(NtCreateEvent(&first, &attributes, EVENT_MANUAL, 1), STATUS_SUCCESS);
    TEST_STATUS(NtCreateEvent(&second, &attributes, EVENT_MANUAL, 0), NAME_EXISTS);
    TEST_STATUS(wait_ms(second, 0), STATUS_SUCCESS);
    NtClose(second);
    TEST_STATUS(ObOpenObjectByName(&found, __imp_ExEventObjectType, NULL, &second), STATUS_SUCCESS);
    NtClose(second);
    TEST_STATUS(ObOpenObjectByName(&found, __imp_ExSemaphoreObjectType, NULL, &second),
                STATUS_OBJECT_TYPE_MISMATCH);
    NtClose(first);
    TEST_STATUS(ObOpenObjectByName(&found, __imp_ExEventObjectType, NULL, &second),
                (NTSTATUS)NAME_NOT_FOUND);
}

static void directories_have_names(void)
{
    struct ansi_string path = text_of("\\Mine"), inner = text_of("\\Mine\\event");
    struct object_attributes attributes = named(&path), event = named(&inner);
    HANDLE directory = 0, handle = 0, again = 0;

    TEST_STATUS(NtCreateDirectoryObject(&directory, &attributes), STATUS_SUCCESS);
    TEST_STATUS(NtCreateEvent(&handle, &event, EVENT_MANUAL, 0), STATUS_SUCCESS);
    TEST_STATUS(NtOpenDirectoryObject(&again, &attributes), STATUS_SUCCESS);
    TEST_STATUS(NtOpenDirectoryObject(&again, &event), STATUS_OBJECT_TYPE_MISMATCH);
    NtClose(handle);
    NtClose(directory);
}

static const struct test tests[] = {
    TEST(links_lead_somewhere),
    TEST(names_are_found),
    TEST(directories_have_names),
};
static const struct test_suite suites[] = {TEST_SUITE("names", tests)};

int main(void)
{
    return TEST_RUN(suites);
}
