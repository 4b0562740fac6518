export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

// Each hands the words so far to `jackfield complete`, which answers a line for each candidate: the word, a tab, what it
// is. The line ":files" stands for the names of files. Names of servers may hold anything a name may: spaces, quotes,
// dollar signs; each shell quotes them in its own way and evaluates none of it.

const bash = `# jackfield completion for bash
_jackfield() {
  # The words as the command would get them: bash itself parts them at ":" and "=" too, and keeps their quotes.
  local typed="\${COMP_LINE:0:COMP_POINT}" char next word='' raw='' quote='' i
  local words=()
  for (( i = 0; i < \${#typed}; i++ )); do
    char="\${typed:i:1}" next="\${typed:i+1:1}"
    if [[ -z $quote && $char == [[:space:]] ]]; then
      [[ -n $raw ]] && words+=("$word")
      word='' raw=''
      continue
    fi
    raw+="$char"
    if [[ -n $quote && $char == "$quote" ]]; then
      quote=''
    elif [[ -z $quote && $char == [\\"\\'] ]]; then
      quote="$char"
    elif [[ $char == \\\\ && ( -z $quote || ( $quote == \\" && $next == [\\"\\$\\\`\\\\] ) ) ]]; then
      raw+="$next" word+="$next"
      (( ++i ))
    else
      word+="$char"
    fi
  done
  local found=() files='' line
  while IFS= read -r line; do
    line="\${line%%$'\\t'*}"
    if [[ $line == ':files' ]]; then files=1; else found+=("$line"); fi
  done < <("\${COMP_WORDS[0]}" complete -- "\${words[@]:1}" "$word" 2>/dev/null)
  COMPREPLY=()
  if [[ -n $files ]]; then
    # Readline quotes names of files by itself.
    compopt -o filenames 2>/dev/null
    COMPREPLY=("\${found[@]}")
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$word")
    return
  fi
  # What stands before the part that bash replaces is there already.
  local current="\${COMP_WORDS[COMP_CWORD]}" there
  [[ $current == [:=] ]] && current=''
  there=$(( \${#raw} - \${#current} ))
  if [[ -n $quote ]] || (( there < 0 )); then there=0; fi
  for line in "\${found[@]}"; do
    case "$quote" in
      \\") line="\${line//\\\\/\\\\\\\\}" line="\${line//\\"/\\\\\\"}" line="\${line//\\$/\\\\\\$}" line="\${line//\\\`/\\\\\\\`}" ;;
      \\') line="\${line//\\'/\\'\\\\\\'\\'}" ;;
      *) printf -v line %q "$line" ;;
    esac
    COMPREPLY+=("\${line:there}")
  done
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
      # Of a command without completions of its own fish completes names of files, as they stand on the line.
      complete -C "'' "(commandline -ct)
    else
      echo $line
    end
  end
end
complete -c jackfield -f -a '(__jackfield_complete)'
`;

export const SCRIPTS: Record<Shell, string> = { bash, zsh, fish };
