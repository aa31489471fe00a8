/* Ends with a code of which a shell sees nothing. */
int main(void)
{
    return 512;
}
