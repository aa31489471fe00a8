/* In what order things came to pass: each tells a letter. */
#ifndef LETTERS_H
#define LETTERS_H

static char order[32];
static u32 told;

static void tell(char letter)
{
    if (told < sizeof(order) - 1)
        order[told++] = letter;
}

static u32 is_told(const char *letters)
{
    u32 i = 0;

    while (letters[i] && order[i] == letters[i])
        i++;
    return !letters[i] && i == told;
}

static void tell_anew(void)
{
    for (u32 i = 0; i < sizeof(order); i++)
        order[i] = 0;
    told = 0;
}

#endif
