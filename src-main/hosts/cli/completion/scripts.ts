export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

// Each hands the words so far to `jackfield complete`, which answers a line for each candidate: the word, a tab, what it
// is. The line ":files" stands for the names of files. Names of servers may hold anything a name may: spaces, quotes,
// dollar signs; each shell quotes them in its own way and evaluates none of it.

const bash = `# jackfield completion for bash
_jackfield() {
  local current="\${COMP_WORDS[COMP_CWORD]}" line word
  # A word that is quoted halfway arrives with its quote.
  local bare="\${current#[\\"\\']}"
  bare="\${bare//\\\\\\\\/}"
  local words=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    word="\${word#[\\"\\']}"; word="\${word%[\\"\\']}"
    words+=("\${word//\\\\\\\\/}")
  done
  COMPREPLY=()
  while IFS= read -r line; do
    word="\${line%%$'\\t'*}"
    if [[ $word == ':files' ]]; then
      while IFS= read -r word; do COMPREPLY+=("$(printf %q "$word")"); done < <(compgen -f -- "$bare")
      compopt -o filenames 2>/dev/null
    else
      COMPREPLY+=("$(printf %q "$word")")
    fi
  done < <("\${COMP_WORDS[0]}" complete -- "\${words[@]}" "$bare" 2>/dev/null)
}
complete -F _jackfield jackfield
`;

const zsh = `#compdef jackfield
# jackfield completion for zsh
_jackfield() {
  local line word about files=0
  local -a found shown words_so_far
  words_so_far=("\${(@Q)words[2,CURRENT-1]}")
  while IFS= read -r line; do
    word="\${line%%$'\\t'*}"
    about="\${line#*$'\\t'}"
    if [[ $word == ':files' ]]; then
      files=1
    else
      found+=("$word")
      shown+=("$word\${about:+  -- $about}")
    fi
  done < <("\${(Q)words[1]}" complete -- "\${words_so_far[@]}" "\${(Q)PREFIX}" 2>/dev/null)
  if (( \${#found} )); then compadd -l -d shown -- "\${found[@]}"; fi
  if (( files )); then _files; fi
}
if [[ $funcstack[1] == _jackfield ]]; then
  _jackfield "$@"
else
  compdef _jackfield jackfield
fi
`;

const fish = `# jackfield completion for fish
function __jackfield_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct | string unescape)
  for line in ($words[1] complete -- $words[2..] "$current" 2>/dev/null)
    if string match -q ':files*' -- $line
      __fish_complete_path "$current"
    else
      echo $line
    end
  end
end
complete -c jackfield -f -a '(__jackfield_complete)'
`;

export const SCRIPTS: Record<Shell, string> = { bash, zsh, fish };
